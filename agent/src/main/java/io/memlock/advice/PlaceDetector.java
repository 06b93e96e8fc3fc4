// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.advice.Place.Kind;
import io.memlock.proc.UidMap;
import java.util.List;

/** Tells from evidence where a process runs. Text in, record out. */
public final class PlaceDetector {

    /** Units whose processes come from a login, where PAM reads limits.conf. */
    private static final List<String> LOGIN_UNITS =
            List.of("ssh.service", "sshd.service", "cron.service", "crond.service", "atd.service", "getty@.service");

    private static final int ID_DIGITS = 64;

    private static final int LONGEST_LABEL = 63;

    private static final String LABEL = "abcdefghijklmnopqrstuvwxyz0123456789-";

    private PlaceDetector() {}

    /** The place. */
    public static Place detect(PlaceEvidence evidence) {
        String cgroup = cgroupPath(evidence.cgroup());
        Kind kind = kind(evidence, cgroup);
        boolean kubernetes = kind == Kind.KUBERNETES;
        return new Place(
                kind,
                kubernetes ? nodeRuntime(evidence) : lastWith(cgroup, ".service"),
                containerId(evidence),
                kubernetes && isName(evidence.variable("HOSTNAME"), LABEL + ".") ? evidence.variable("HOSTNAME") : "",
                kubernetes && isName(evidence.podNamespace(), LABEL) ? evidence.podNamespace() : "",
                evidence.user(),
                statusNumber(evidence.status(), "Uid:"),
                evidence.variable("SUDO_USER"),
                UidMap.isOfUserNamespace(evidence.uidMap()),
                statusNumber(evidence.status(), "Seccomp:") > 0,
                evidence.javaHome(),
                evidence.isSelf() && hasOwnPids(evidence) ? 0 : evidence.pid());
    }

    /**
     * Whether it has a PID namespace of its own, where its process ids are not the host's. Seen from outside it has an id in
     * each namespace (proc(5), {@code NSpid}); from inside the kernel's own threads are missing, the first of which is
     * process 2 on every host.
     */
    private static boolean hasOwnPids(PlaceEvidence evidence) {
        String ids = statusText(evidence.status(), "NSpid:");
        if (ids.indexOf('\t') >= 0 || ids.indexOf(' ') >= 0) {
            return true;
        }
        return evidence.isSelf()
                && (evidence.pid() == 1
                        || (!evidence.firstProcess().isEmpty()
                                && !evidence.secondProcess().equals("kthreadd")));
    }

    private static Kind kind(PlaceEvidence evidence, String cgroup) {
        if (cgroup.contains("kubepods")
                || isName(evidence.podNamespace(), LABEL)
                || !evidence.variable("KUBERNETES_SERVICE_HOST").isEmpty()) {
            return Kind.KUBERNETES;
        }
        if (cgroup.contains("libpod-")
                || evidence.hasContainerEnv()
                || evidence.variable("container").equals("podman")) {
            return Kind.PODMAN;
        }
        if (cgroup.contains("/docker/") || cgroup.contains("/docker-") || evidence.hasDockerEnv()) {
            return Kind.DOCKER;
        }
        if (cgroup.contains("/lxc")
                || cgroup.contains("cri-containerd-")
                || cgroup.contains("crio-")
                || cgroup.contains("machine.slice/")
                || !evidence.variable("container").isEmpty()
                || isOverlayRoot(evidence.mountInfo())
                || hasOwnPids(evidence)) {
            return Kind.OTHER_CONTAINER;
        }
        String unit = lastWith(cgroup, ".service");
        if (unit.isEmpty() || isLoginUnit(unit) || lastPart(cgroup).startsWith("session-")) {
            return Kind.LOGIN;
        }
        // /user.slice/user-1000.slice/user@1000.service/app.slice/kafka.service
        return cgroup.contains("/user@") ? Kind.USER_SERVICE : Kind.SYSTEM_SERVICE;
    }

    /**
     * Names in Kubernetes: a label of RFC 1123, of a pod several, as far as they fit into a host name. Whatever else the
     * process says is none of our business, and could be an option of a command that somebody types.
     */
    private static boolean isName(String text, String characters) {
        boolean name = !text.isEmpty() && text.length() <= LONGEST_LABEL && Character.isLetterOrDigit(text.charAt(0));
        for (int i = 0; i < text.length(); i++) {
            name &= characters.indexOf(text.charAt(i)) >= 0;
        }
        return name;
    }

    private static boolean isLoginUnit(String unit) {
        int at = unit.indexOf('@');
        // ssh@5-10.0.0.1:22-10.0.0.2:4711.service, getty@tty1.service
        String template = at < 0 ? unit : unit.substring(0, at) + ".service";
        return LOGIN_UNITS.contains(template)
                || template.equals("getty.service")
                || template.equals("serial-getty.service");
    }

    /**
     * The path that systemd gave: of the unified hierarchy, or of its own named one where the unified one is not in use.
     * Lines are {@code hierarchy:controllers:path}, the unified one has number 0. cgroups(7)
     */
    static String cgroupPath(String cgroup) {
        String path = "";
        for (String line : cgroup.split("\n", -1)) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0) {
                continue;
            }
            String controllers = line.substring(first + 1, second);
            String found = line.substring(second + 1);
            if (found.length() > path.length()
                    && (controllers.isEmpty()
                            || controllers.equals("name=systemd")
                            || found.contains("kubepods")
                            || found.contains("/docker/"))) {
                path = found;
            }
        }
        return path;
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The innermost directory with a suffix, without what a threaded unit keeps below it. */
    private static String lastWith(String path, String suffix) {
        String found = "";
        for (String part : path.split("/", -1)) {
            if (part.endsWith(suffix)) {
                found = part;
            }
        }
        return found;
    }

    /** The first 64 hexadecimal digits in a row: Docker, containerd, CRI-O and Podman all name containers so. */
    private static String containerId(PlaceEvidence evidence) {
        String inCgroup = firstId(evidence.cgroup());
        if (!inCgroup.isEmpty()) {
            return inCgroup;
        }
        // With a cgroup namespace the cgroup is "/"; but these files are mounted from the runtime's own directory.
        for (String line : evidence.mountInfo().split("\n", -1)) {
            if (line.contains("/containers/") || line.contains("/sandboxes/")) {
                String id = firstId(line);
                if (!id.isEmpty()) {
                    return id;
                }
            }
        }
        return "";
    }

    private static String firstId(String text) {
        int digits = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean hex = i < text.length() && "0123456789abcdef".indexOf(text.charAt(i)) >= 0;
            if (hex) {
                digits++;
            } else {
                if (digits == ID_DIGITS) {
                    return text.substring(i - ID_DIGITS, i);
                }
                digits = 0;
            }
        }
        return "";
    }

    private static String nodeRuntime(PlaceEvidence evidence) {
        String both = evidence.cgroup() + evidence.mountInfo();
        if (both.contains("/rancher/k3s")) {
            return "k3s.service";
        }
        return both.contains("crio-") || both.contains("/var/lib/containers/storage")
                ? "crio.service"
                : "containerd.service";
    }

    /** mountinfo: id parent device root mountpoint options … - type source options. proc(5) */
    private static boolean isOverlayRoot(String mountInfo) {
        for (String line : mountInfo.split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length > 4 && fields[4].equals("/") && line.contains(" - overlay ")) {
                return line.contains("/containerd") || line.contains("/containers/") || line.contains("/docker/");
            }
        }
        return false;
    }

    private static long statusNumber(String status, String key) {
        String text = statusText(status, key);
        return text.isEmpty() ? 0 : Long.parseLong(text.split("\\s+", -1)[0]);
    }

    private static String statusText(String status, String key) {
        for (String line : status.split("\n", -1)) {
            if (line.startsWith(key)) {
                return line.substring(key.length()).trim();
            }
        }
        return "";
    }
}
