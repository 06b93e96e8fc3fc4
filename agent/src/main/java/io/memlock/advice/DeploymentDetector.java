// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.advice.Deployment.Kind;
import io.memlock.files.Cursor;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.UidMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Detects from evidence how a process is deployed. Text in, record out. */
public final class DeploymentDetector {

    /** Units whose processes come from a login, where PAM reads limits.conf. */
    private static final List<String> LOGIN_UNITS = List.of(
            "ssh.service",
            "sshd.service",
            "cron.service",
            "crond.service",
            "atd.service",
            "getty.service",
            "serial-getty.service");

    /** The service manager of a user: {@code /user.slice/user-1000.slice/user@1000.service/app.slice/kafka.service}. */
    private static final Pattern USER_MANAGER = Pattern.compile("(?<![^/])user@([0-9]{1,10})\\.service(?![^/])");

    /** Docker, containerd, CRI-O and Podman all name containers by 64 hexadecimal digits. */
    private static final Pattern CONTAINER_ID = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    /** What runtimes call their cgroups. A unit may begin in the same way: {@code docker-billing.service}. */
    private static final Pattern KUBERNETES_CGROUP = Pattern.compile("kubepods(?![^/]*\\.service)");

    private static final String ID_CGROUP = "-[0-9a-f]+(\\.scope|/|$)";
    private static final Pattern PODMAN_CGROUP = Pattern.compile("/libpod(-payload)?" + ID_CGROUP);
    private static final Pattern DOCKER_CGROUP = Pattern.compile("/docker(/|" + ID_CGROUP + ")");
    private static final Pattern OTHER_CGROUP =
            Pattern.compile("/lxc(/|\\.payload)|/machine\\.slice/|/(cri-containerd|crio)" + ID_CGROUP);

    /**
     * Names in Kubernetes are labels of RFC 1123; that of a pod is several, as far as they fit into a host name. Whatever else
     * the process says is none of our business, and could be an option of a command that somebody types.
     */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private static final Pattern POD = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    /** A user for limits.conf(5), where {@code *}, {@code @group}, {@code :uid}, blanks and {@code #} mean something else. */
    private static final Pattern USER = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.@$/\\\\+-]*");

    /** Fields of mountinfo: id parent device root mountpoint options … - type source options. proc(5) */
    private static final int ROOT = 3;

    private static final int MOUNT_POINT = 4;

    private DeploymentDetector() {}

    public static Deployment detect(DeploymentEvidence evidence) {
        String cgroup = cgroupPath(evidence.cgroup());
        ProcessStatus status = ProcessStatus.parse(new Cursor("status", evidence.status()));
        Kind kind = kind(evidence, cgroup, status);
        boolean kubernetes = kind == Kind.KUBERNETES;
        long uid = Math.max(0, status.realUid());
        long hostUid = hostUid(evidence, uid);
        return new Deployment(
                kind,
                kubernetes ? nodeRuntime(evidence) : lastWith(cgroup, ".service"),
                containerId(evidence),
                kubernetes && isName(POD, evidence.variable("HOSTNAME")) ? evidence.variable("HOSTNAME") : "",
                kubernetes && isName(LABEL, evidence.marks().podNamespace())
                        ? evidence.marks().podNamespace()
                        : "",
                hostUid == uid ? evidence.user() : "",
                kind == Kind.USER_SERVICE ? managerUid(cgroup) : hostUid,
                startedAs(evidence),
                UidMap.isOfUserNamespace(evidence.uidMap()),
                status.hasFilter(),
                evidence.javaHome(),
                evidence.isReadInPidNamespace()
                                || (evidence.isSelf() && (!evidence.isComplete() || hasOwnPids(evidence, status)))
                        ? 0
                        : evidence.pid());
    }

    /** Returns the login behind sudo. Any process can name one, and the limit of whoever it names is raised. */
    private static String startedAs(DeploymentEvidence evidence) {
        String name = evidence.variable("SUDO_USER");
        return isUser(name) && !name.equals(evidence.user()) ? name : "";
    }

    /** Returns the number by which limits are raised: in a user namespace a process sees another of itself. */
    private static long hostUid(DeploymentEvidence evidence, long uid) {
        long outside = evidence.isSelf() ? UidMap.outside(evidence.uidMap(), uid) : uid;
        return outside < 0 ? uid : outside;
    }

    /**
     * Returns whether its process ids are not the host's. Seen from outside it has an id in each namespace (proc(5), {@code
     * NSpid}); from inside, where the reader is in the container as well, the kernel's own threads are missing, the first of
     * which is process 2 on every host.
     */
    private static boolean hasOwnPids(DeploymentEvidence evidence, ProcessStatus status) {
        return status.namespacePids().size() > 1
                || (evidence.isSelf() && evidence.pid() == 1)
                || evidence.isReadInPidNamespace();
    }

    private static Kind kind(DeploymentEvidence evidence, String cgroup, ProcessStatus status) {
        if (KUBERNETES_CGROUP.matcher(cgroup).find()
                || isName(LABEL, evidence.marks().podNamespace())
                || !claimed(evidence, status, "KUBERNETES_SERVICE_HOST").isEmpty()) {
            return Kind.KUBERNETES;
        }
        if (PODMAN_CGROUP.matcher(cgroup).find()
                || evidence.marks().hasContainerEnv()
                || claimed(evidence, status, "container").equals("podman")) {
            return Kind.PODMAN;
        }
        if (DOCKER_CGROUP.matcher(cgroup).find()
                || (evidence.marks().hasDockerEnv() && mayBeContainer(evidence, status))) {
            return Kind.DOCKER;
        }
        if (OTHER_CGROUP.matcher(cgroup).find()
                || !claimed(evidence, status, "container").isEmpty()
                || isOverlayRoot(evidence.mountInfo())
                || hasOwnPids(evidence, status)) {
            return Kind.OTHER_CONTAINER;
        }
        String unit = lastWith(cgroup, ".service");
        // A scope below the manager itself, such as tmux-spawn-….scope, has the limit of what started its processes.
        if (unit.isEmpty()
                || isLoginUnit(unit)
                || USER_MANAGER.matcher(unit).matches()
                || lastPart(cgroup).startsWith("session-")) {
            return Kind.LOGIN;
        }
        return managerUid(cgroup) >= 0 ? Kind.USER_SERVICE : Kind.SYSTEM_SERVICE;
    }

    /** Returns whose service manager has started a unit: a unit of alice's may run as root; -1 if the system's has. */
    private static long managerUid(String cgroup) {
        Matcher manager = USER_MANAGER.matcher(cgroup);
        return manager.find() ? Long.parseLong(manager.group(1)) : -1;
    }

    /** Returns what a variable says of a container: any process can have it, also one that is in none. */
    private static String claimed(DeploymentEvidence evidence, ProcessStatus status, String variable) {
        return mayBeContainer(evidence, status) ? evidence.variable(variable) : "";
    }

    /**
     * Returns whether more than a file or a variable may show a container: a virtual machine made of an image of Docker keeps
     * the file.
     */
    private static boolean mayBeContainer(DeploymentEvidence evidence, ProcessStatus status) {
        return evidence.mountInfo().isEmpty()
                || !containerId(evidence).isEmpty()
                || isOverlayRoot(evidence.mountInfo())
                || hasOwnPids(evidence, status);
    }

    /** Returns whether limits.conf(5) takes this for the name of a user. */
    static boolean isUser(String name) {
        return isName(USER, name);
    }

    private static boolean isName(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }

    private static boolean isLoginUnit(String unit) {
        int at = unit.indexOf('@');
        // ssh@5-10.0.0.1:22-10.0.0.2:4711.service, getty@tty1.service
        String template = at < 0 ? unit : unit.substring(0, at) + ".service";
        return LOGIN_UNITS.contains(template);
    }

    /**
     * The path that systemd gave: of the unified hierarchy, or of its own named one where the unified one is not in use.
     * Lines are {@code hierarchy:controllers:path}, the unified one has number 0. cgroups(7)
     */
    static String cgroupPath(String cgroup) {
        String path = "";
        for (String line : cgroup.split("\n", -1)) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3
                    && fields[2].length() > path.length()
                    && (fields[1].isEmpty()
                            || fields[1].equals("name=systemd")
                            || fields[2].contains("kubepods")
                            || fields[2].contains("/docker/"))) {
                path = fields[2];
            }
        }
        return path;
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * Returns the innermost directory with a suffix, without what a threaded unit keeps below it. systemd puts an underscore
     * before names that mean something else to the kernel, as {@code memory.service}, or begin with one.
     * src/basic/cgroup-util.c
     */
    private static String lastWith(String path, String suffix) {
        String found = "";
        for (String part : path.split("/", -1)) {
            if (part.endsWith(suffix)) {
                found = part.startsWith("_") ? part.substring(1) : part;
            }
        }
        return found;
    }

    private static String containerId(DeploymentEvidence evidence) {
        String inCgroup = firstId(evidence.cgroup());
        if (!inCgroup.isEmpty()) {
            return inCgroup;
        }
        // With a cgroup namespace the cgroup is "/"; but these files are mounted from the runtime's own directory,
        // where a host only has mount points.
        for (String line : evidence.mountInfo().split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            String from = fields.length > ROOT ? fields[ROOT] : "";
            if (from.contains("/containers/") || from.contains("/sandboxes/")) {
                String id = firstId(from);
                if (!id.isEmpty()) {
                    return id;
                }
            }
        }
        return "";
    }

    private static String firstId(String text) {
        Matcher id = CONTAINER_ID.matcher(text);
        return id.find() ? id.group() : "";
    }

    private static String nodeRuntime(DeploymentEvidence evidence) {
        String both = evidence.cgroup() + evidence.mountInfo();
        if (both.contains("/rancher/k3s")) {
            return "k3s.service";
        }
        if (both.contains("/rancher/rke2")) {
            return "rke2-server.service";
        }
        if (both.contains("/lib/k0s/")) {
            return "k0sworker.service";
        }
        if (both.contains("/snap/microk8s/")) {
            return "snap.microk8s.daemon-containerd.service";
        }
        return both.contains("crio-") || both.contains("/var/lib/containers/storage")
                ? "crio.service"
                : "containerd.service";
    }

    private static boolean isOverlayRoot(String mountInfo) {
        for (String line : mountInfo.split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length > MOUNT_POINT && fields[MOUNT_POINT].equals("/") && line.contains(" - overlay ")) {
                return line.contains("/containerd") || line.contains("/containers/") || line.contains("/docker/");
            }
        }
        return false;
    }
}
