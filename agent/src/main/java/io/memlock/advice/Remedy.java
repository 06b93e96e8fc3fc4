// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.log.PlainText;

/** Says what to type, depending on how the process is deployed. */
public final class Remedy {

    /** Sorts after {@code override.conf} of {@code systemctl edit}: of two settings the last one counts. */
    private static final String LIMIT_FILE = "zz-memlock-limit.conf";

    private static final String CALLS = "mlock, mlock2, mlockall, munlock, munlockall and msync";

    private final Deployment deployment;

    public Remedy(Deployment deployment) {
        this.deployment = deployment;
    }

    /**
     * Tells how to lift the limit on locked memory.
     *
     * @param enoughBytes a finite limit that holds the selection, also when it has grown; 0 if no number is known to
     */
    public Advice raiseLimit(long enoughBytes) {
        return new Advice(atOnce(), lasting(enoughBytes));
    }

    /** The keeper looks at the limit at every pass. */
    private String atOnce() {
        return deployment.pid() <= 0
                ? ""
                : "# for this JVM alone, without a restart; the agent notices within its interval:\nsudo prlimit --pid "
                        + deployment.pid() + " --memlock=unlimited:unlimited\n# for every later start:";
    }

    private String lasting(long enoughBytes) {
        return switch (deployment.kind()) {
            case SYSTEM_SERVICE ->
                "# " + shown(deployment.unit())
                        + " is a systemd unit: limits.conf and ulimit do not reach it, a drop-in"
                        + " does\n"
                        + limitDropIn(deployment.unit())
                        + "\nsudo systemctl restart " + unit()
                        + finite("infinity", enoughBytes, "LimitMEMLOCK=" + wholeMebibytes(enoughBytes));
            case USER_SERVICE -> userService();
            case DOCKER -> docker("docker", "userns-remap", enoughBytes);
            case PODMAN -> docker("podman", "--userns", enoughBytes);
            case OTHER_CONTAINER -> otherContainer(enoughBytes);
            case KUBERNETES -> kubernetes();
            case LOGIN -> login(enoughBytes);
        };
    }

    /** Writes a drop-in. Each setting has a file of its own, which is no other remedy's and not the packaged drop-in. */
    private static String dropIn(String unit, String name, String setting) {
        String directory = "/etc/systemd/system/" + unit + ".d";
        return "sudo mkdir -p " + ShellWord.of(directory) + "\nprintf '[Service]\\n" + setting + "\\n' |\n  sudo tee "
                + ShellWord.of(directory + "/" + name) + "\nsudo systemctl daemon-reload";
    }

    private static String limitDropIn(String unit) {
        return dropIn(unit, LIMIT_FILE, "LimitMEMLOCK=infinity");
    }

    private String userService() {
        String directory = ".config/systemd/user/" + deployment.unit() + ".d";
        return "# " + shown(deployment.unit()) + " gets no more than the service manager of uid " + deployment.uid()
                + " has; raise that first:\n"
                + limitDropIn("user@" + deployment.uid() + ".service")
                + "\n# then, as that user, allow the unit to use it:\n"
                + "mkdir -p ~/" + ShellWord.of(directory)
                + "\nprintf '[Service]\\nLimitMEMLOCK=infinity\\n' |\n  tee ~/"
                + ShellWord.of(directory + "/" + LIMIT_FILE)
                + "\n# both take effect in a new service manager of that user, which first ends all that runs under this one:"
                + "\nsudo systemctl restart user@" + deployment.uid() + ".service";
    }

    private String docker(String command, String remapping, long enoughBytes) {
        String text = "# the limit is fixed when the container is created: remove it and create it again with\n#   "
                + command
                + " run --ulimit memlock=-1:-1 ...\n# Compose, in the service:\n#   ulimits: { memlock: -1 }"
                + finite("-1:-1", enoughBytes, "--ulimit memlock=" + wholeMebibytes(enoughBytes));
        return deployment.isUserNamespace()
                ? text + "\n# the container has a user namespace: it is rootless or uses " + remapping
                        + ". If it is rootless, first raise the\n# limit of the user who runs " + command
                        + " on the host; nothing inside the container can raise it"
                : text;
    }

    private static String otherContainer(long enoughBytes) {
        String hard = enoughBytes > 0 ? Long.toString(wholeMebibytes(enoughBytes)) : "18446744073709551615";
        return "# the program that starts the container sets the limit. Raise it there and start the container again:\n"
                + "#   nerdctl:     nerdctl run --ulimit memlock=-1:-1 ...\n"
                + "#   runc, crun:  config.json, process.rlimits: { \"type\": \"RLIMIT_MEMLOCK\", \"soft\": " + hard
                + ", \"hard\": " + hard + " }\n"
                + "#   LXC:         lxc.prlimit.memlock = unlimited\n"
                + "#   nspawn:      systemd-nspawn --rlimit=MEMLOCK=infinity ...\n"
                + "# or run it as root with the capability CAP_IPC_LOCK, outside of a user namespace";
    }

    private String kubernetes() {
        String other = onOtherNodes();
        return "# a pod has no field for this limit. Raise it on every node the pod may run on:\n"
                + (other.isEmpty()
                        ? ""
                        : "# (on nodes that have no " + deployment.unit() + ", type " + other + " in its place)\n")
                + limitDropIn(deployment.unit()) + "\nsudo systemctl restart " + unit()
                + "\n# then delete the pod, where kubectl works; its controller creates it again, with the new limit:\n"
                + "kubectl delete pod " + (deployment.pod().isEmpty() ? "POD" : ShellWord.of(deployment.pod())) + " -n "
                + (deployment.podNamespace().isEmpty() ? "NAMESPACE" : ShellWord.of(deployment.podNamespace())) + "\n"
                + kubernetesCapability();
    }

    /** Returns what the unit is called on nodes of the other role; "" if it is called the same on all. */
    private String onOtherNodes() {
        return switch (deployment.unit()) {
            case "k3s.service" -> "k3s-agent.service";
            case "rke2-server.service" -> "rke2-agent.service";
            case "k0sworker.service" -> "k0scontroller.service";
            default -> "";
        };
    }

    private String kubernetesCapability() {
        if (deployment.isUserNamespace()) {
            return "# the capability IPC_LOCK does nothing here: the pod has a user namespace, as with hostUsers: false";
        }
        return deployment.isRoot() ? kubernetesRoot() : kubernetesUser();
    }

    private static String kubernetesRoot() {
        return "# or, because the container runs as root, in its spec:\n"
                + "#   securityContext: { capabilities: { add: [\"IPC_LOCK\"] } }";
    }

    private String kubernetesUser() {
        return "# adding the capability IPC_LOCK alone does nothing for uid " + deployment.uid()
                + ": a user other than root gets it only\n# from a file capability. In the image, and in the"
                + " container's spec:\n"
                + "#   RUN setcap cap_ipc_lock+ep " + shown(ShellWord.of(deployment.javaHome() + "/bin/java"))
                + " && echo "
                + shown(ShellWord.of(deployment.javaHome() + "/lib")) + " > /etc/ld.so.conf.d/java.conf && ldconfig\n"
                + "#   securityContext: { allowPrivilegeEscalation: true, capabilities: { add: [\"IPC_LOCK\"] } }";
    }

    private String login(long enoughBytes) {
        String who = DeploymentDetector.isUser(deployment.user()) ? deployment.user() : ":" + deployment.uid();
        return limitsFile(who)
                + (deployment.startedAs().isEmpty()
                        ? ""
                        : "\n# sudo may pass on the limit of the login it was called from:\n"
                                + limitsFile(deployment.startedAs()))
                + (deployment.unit().startsWith("user@")
                        ? "\n# a terminal of a desktop may have the limit of " + shown(deployment.unit()) + ":\n"
                                + limitDropIn(deployment.unit())
                        : "")
                + "\n# it takes effect once that user has logged in again; check with: ulimit -l"
                + finite("unlimited", enoughBytes, Long.toString(wholeMebibytes(enoughBytes) >> 10));
    }

    /** Each user has a file of its own: another user's line stays as it is. limits.conf(5) */
    private static String limitsFile(String who) {
        String name = who.startsWith(":") ? "uid-" + who.substring(1) : who.replace('/', '-');
        // echo would obey a backslash in a name such as CORP\nathan in some shells
        return "printf '%s\\n' " + ShellWord.of(who + " - memlock unlimited") + " |\n  sudo tee "
                + ShellWord.of("/etc/security/limits.d/90-memlock-" + name + ".conf");
    }

    /** Tells how to have a seccomp filter allow the calls. */
    public Advice allowCalls() {
        return Advice.lasting(
                switch (deployment.kind()) {
                    case SYSTEM_SERVICE -> systemCallFilter();
                    case USER_SERVICE ->
                        "# let SystemCallFilter= of " + shown(deployment.unit()) + " allow @memlock and msync:\n"
                                + "systemctl --user edit " + unit();
                    case DOCKER, PODMAN ->
                        "# create the container with a seccomp profile that allows " + CALLS
                                + " (the default one does):\n#   "
                                + (deployment.kind() == Deployment.Kind.DOCKER ? "docker" : "podman")
                                + " run --security-opt seccomp=PROFILE.json ...";
                    case KUBERNETES ->
                        "# in the container's spec:\n#   securityContext: { seccompProfile: { type: RuntimeDefault } }"
                                + "\n# or a profile that allows " + CALLS;
                    case OTHER_CONTAINER ->
                        "# let the container's seccomp profile allow " + CALLS
                                + "; systemd-nspawn: --system-call-filter=@memlock";
                    case LOGIN ->
                        "# the program that starts java installs a seccomp filter; let the filter allow " + CALLS;
                });
    }

    /** Returns the unit as the last word of a command. Others chose the name: it must not be taken for an option. */
    private String unit() {
        return (deployment.unit().startsWith("-") ? "-- " : "") + ShellWord.of(deployment.unit());
    }

    /** A unit without a filter would be allowed these calls and no others, so it is looked for first. */
    private String systemCallFilter() {
        String unit = unit();
        String steps = dropIn(deployment.unit(), "memlock-calls.conf", "SystemCallFilter=@memlock msync")
                + "\nsudo systemctl restart " + unit;
        return "# the SystemCallFilter= of " + shown(deployment.unit())
                + " lacks the calls for locking. If the unit has no such filter, these lines change nothing: the"
                + " filter is another program's\n"
                + "systemctl show --property=SystemCallFilter --value " + unit + " | grep -q . &&\n"
                + steps.replace("\n", " &&\n").replace("| &&", "|");
    }

    public Advice raiseMappings(long mappings) {
        long enough = Math.max(262_144, Long.highestOneBit(Math.max(1, mappings)) * 4);
        return new Advice(
                (deployment.isContainer() ? "# on the host:\n" : "") + "echo 'vm.max_map_count = " + enough
                        + "' |\n  sudo tee /etc/sysctl.d/90-memlock.conf\nsudo sysctl -p /etc/sysctl.d/90-memlock.conf",
                "");
    }

    private static String finite(String unlimited, long enoughBytes, String setting) {
        return enoughBytes <= 0
                ? ""
                : "\n# instead of " + unlimited + ": " + setting
                        + " is enough for what is selected, even when it has grown";
    }

    /** Rounds up to whole MiB, so that nobody has to copy odd digits. */
    private static long wholeMebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20 << 20;
    }

    private static String shown(String text) {
        return PlainText.of(text);
    }
}
