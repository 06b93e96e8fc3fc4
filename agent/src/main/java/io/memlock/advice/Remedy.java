// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

/**
 * What to type, for one place. Every line can be pasted into a shell: what is no command begins with {@code #}. Lines end
 * with a line feed, except the last.
 */
public final class Remedy {

    private static final String PLAIN_NAME = "[A-Za-z0-9:_.@-]+";

    private final Place place;
    private final boolean exits;

    /** Remedies for a place, and for the process that runs there. */
    public Remedy(Place place) {
        this(place, false);
    }

    /**
     * Remedies for a place.
     *
     * @param exits whether the process is about to be gone: nothing to type is about it then
     */
    public Remedy(Place place, boolean exits) {
        this.place = place;
        this.exits = exits;
    }

    /**
     * How to lift the limit on locked memory.
     *
     * @param neededBytes what a finite limit would have to be at least, or 0 if unknown
     */
    public String raiseLimit(long neededBytes) {
        return switch (place.kind()) {
            case SYSTEM_SERVICE -> systemService(neededBytes);
            case USER_SERVICE -> userService();
            case DOCKER -> docker("docker") + finite(neededBytes, "--ulimit memlock=" + pages(neededBytes));
            case PODMAN -> docker("podman") + finite(neededBytes, "--ulimit memlock=" + pages(neededBytes));
            case OTHER_CONTAINER -> otherContainer();
            case KUBERNETES -> kubernetes();
            case LOGIN -> login(neededBytes);
        };
    }

    private String systemService(long neededBytes) {
        return "# " + place.unit() + " is a systemd unit: limits.conf and ulimit do not reach it, a drop-in does\n"
                + dropIn("LimitMEMLOCK=infinity")
                + atOnce()
                + finite(neededBytes, "LimitMEMLOCK=" + pages(neededBytes));
    }

    private String dropIn(String line) {
        String directory = "/etc/systemd/system/" + place.unit() + ".d";
        return "sudo mkdir -p " + quoted(directory) + "\nprintf '[Service]\\n" + line + "\\n' | sudo tee "
                + quoted(directory + "/memlock.conf") + "\nsudo systemctl daemon-reload\nsudo systemctl restart "
                + quoted(place.unit());
    }

    private String userService() {
        String manager = "user@" + place.uid() + ".service";
        return "# " + place.unit() + " belongs to a user's service manager (" + manager
                + "), and gets no more than that has: raise its limit, then log out and in again\n"
                + "sudo mkdir -p /etc/systemd/system/" + manager + ".d\n"
                + "printf '[Service]\\nLimitMEMLOCK=infinity\\n' | sudo tee /etc/systemd/system/" + manager
                + ".d/memlock.conf\nsudo systemctl daemon-reload\nsystemctl --user edit " + quoted(place.unit())
                + "   # add the same two lines: [Service] and LimitMEMLOCK=infinity";
    }

    private String docker(String command) {
        String text = "# the limit is fixed when the container is created: remove it and create it with\n" + command
                + " run --ulimit memlock=-1:-1 ...\n# Compose, in the service:  ulimits: { memlock: -1 }";
        return place.isUserNamespace()
                ? text + "\n# it runs rootless: first raise the limit of the user who runs " + command
                        + " on the host, nothing inside the container can"
                : text;
    }

    private static String otherContainer() {
        return "# the container's runtime decides: it passes on its own limit, so raise that on the host, for example\n"
                + "sudo systemctl edit containerd.service   # [Service] LimitMEMLOCK=infinity; then restart it and the"
                + " container\n# or start the container as root with the capability IPC_LOCK";
    }

    private String kubernetes() {
        String recreate = "kubectl delete pod " + place.pod() + " -n " + place.podNamespace();
        return "# a pod has no field for this limit. Either, on every node it may run on:\n"
                + "sudo mkdir -p /etc/systemd/system/"
                + place.unit() + ".d\nprintf '[Service]\\nLimitMEMLOCK=infinity\\n' | sudo tee /etc/systemd/system/"
                + place.unit() + ".d/memlock.conf\nsudo systemctl daemon-reload\nsudo systemctl restart " + place.unit()
                + "\n" + recreate + "   # what created it creates it anew, with the new limit\n"
                + (place.isRoot() ? kubernetesRoot() : kubernetesUser());
    }

    private static String kubernetesRoot() {
        return "# or, as it runs as root, in the container's spec:\n"
                + "#   securityContext: { capabilities: { add: [\"IPC_LOCK\"] } }";
    }

    private String kubernetesUser() {
        return "# adding the capability IPC_LOCK alone does nothing for uid " + place.uid()
                + ": a user other than root gets it only\n# from a file. In the image, and in the spec as well:\n"
                + "#   RUN setcap cap_ipc_lock+ep " + place.javaHome() + "/bin/java && echo " + place.javaHome()
                + "/lib > /etc/ld.so.conf.d/java.conf && ldconfig\n"
                + "#   securityContext: { allowPrivilegeEscalation: true, capabilities: { add: [\"IPC_LOCK\"] } }";
    }

    private String login(long neededBytes) {
        String who = place.user().isEmpty() ? ":" + place.uid() : place.user();
        String starter = place.startedAs().isEmpty() ? "" : place.startedAs();
        String text = "echo '" + who
                + " - memlock unlimited' | sudo tee /etc/security/limits.d/90-memlock.conf   # then log in again\n";
        if (!starter.isEmpty()) {
            text += "echo '" + starter
                    + " - memlock unlimited' | sudo tee -a /etc/security/limits.d/90-memlock.conf   # sudo may pass on"
                    + " the limit of the login it was called from\n";
        }
        return text + "# check with: ulimit -l" + atOnce()
                + finite(neededBytes, who + " - memlock " + (pages(neededBytes) >> 10));
    }

    /** The keeper looks at the limit at every pass. */
    private String atOnce() {
        if (exits) {
            return "";
        }
        return "\n# for this JVM alone, without a restart; the agent notices within a second\nsudo prlimit --pid "
                + place.pid() + " --memlock=unlimited:unlimited";
    }

    /** How to get out of the way of a seccomp filter that refuses the calls. */
    public String allowCalls() {
        return switch (place.kind()) {
            case SYSTEM_SERVICE ->
                "# " + place.unit() + " has a SystemCallFilter= without the calls for locking\n"
                        + dropIn("SystemCallFilter=@memlock");
            case USER_SERVICE ->
                "systemctl --user edit " + quoted(place.unit()) + "   # [Service] SystemCallFilter=@memlock";
            case DOCKER, PODMAN ->
                "# create the container with a seccomp profile that allows mlock, mlock2, mlockall,"
                        + " munlock, munlockall (the default one does)\n"
                        + (place.kind() == Place.Kind.DOCKER ? "docker" : "podman")
                        + " run --security-opt seccomp=PROFILE.json ...";
            case KUBERNETES ->
                "# in the container's spec:\n#   securityContext: { seccompProfile: { type: RuntimeDefault"
                        + " } }   # or a profile that allows mlock, mlock2, mlockall, munlock, munlockall";
            case OTHER_CONTAINER ->
                "# let the container's seccomp profile allow mlock, mlock2, mlockall, munlock,"
                        + " munlockall; systemd-nspawn: --system-call-filter=@memlock";
            case LOGIN ->
                "# a seccomp filter was installed by what starts java; let it allow mlock, mlock2, mlockall,"
                        + " munlock, munlockall";
        };
    }

    /** How to allow more mappings. */
    public String raiseMappings(long mappings) {
        long enough = Math.max(262_144, Long.highestOneBit(Math.max(1, mappings)) * 4);
        return (place.isContainer() ? "# on the host:\n" : "") + "echo 'vm.max_map_count = " + enough
                + "' | sudo tee /etc/sysctl.d/90-memlock.conf && sudo sysctl -p /etc/sysctl.d/90-memlock.conf";
    }

    private static String finite(long neededBytes, String setting) {
        return neededBytes <= 0
                ? ""
                : "\n# a limit in numbers: " + setting
                        + " would hold what is selected now; what grows later is locked a moment after it appears";
    }

    /** Up to whole MiB, so that nobody has to copy odd digits. */
    private static long pages(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20 << 20;
    }

    private static String quoted(String name) {
        return name.replace("/", "").matches(PLAIN_NAME) ? name : "'" + name + "'";
    }
}
