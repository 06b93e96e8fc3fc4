// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.log.PlainText;

/**
 * How a process is deployed.
 *
 * @param kind who decides about its limits
 * @param unit the systemd unit that does, for example {@code kafka.service}; in Kubernetes that of the node's container
 *     runtime; "" if there is none
 * @param containerId 64 hexadecimal digits, or "" if unknown
 * @param pod in Kubernetes its name, otherwise ""
 * @param podNamespace in Kubernetes where it is known, otherwise ""
 * @param user name of the user, or "" if none is known outside of its user namespace
 * @param uid number of the user outside of its user namespace; of a unit of a user's own service manager that of the manager
 * @param startedAs the login behind sudo, or ""
 * @param isUserNamespace whether capabilities count for nothing here: rootless containers, {@code unshare -U}
 * @param isFiltered whether a seccomp filter is in force
 * @param javaHome the directory of the JDK
 * @param pid the process id as whoever types on the host sees it, or 0 if that is not known: whoever tells of the process
 *     has a PID namespace of its own
 */
public record Deployment(
        Kind kind,
        String unit,
        String containerId,
        String pod,
        String podNamespace,
        String user,
        long uid,
        String startedAs,
        boolean isUserNamespace,
        boolean isFiltered,
        String javaHome,
        long pid) {

    /** Names what sets the limits of a process. */
    public enum Kind {
        /** A unit of the system's service manager. */
        SYSTEM_SERVICE,
        /** A unit of a user's own service manager. */
        USER_SERVICE,
        DOCKER,
        PODMAN,
        /** containerd, CRI-O, LXC, nspawn or another runtime, outside Kubernetes as far as can be seen. */
        OTHER_CONTAINER,
        KUBERNETES,
        /** A login: shell, ssh, cron. */
        LOGIN
    }

    /** Returns the deployment of a process that has ended by the time somebody reads of it. */
    public Deployment ofEndedProcess() {
        return new Deployment(
                kind,
                unit,
                containerId,
                pod,
                podNamespace,
                user,
                uid,
                startedAs,
                isUserNamespace,
                isFiltered,
                javaHome,
                0);
    }

    /** Returns where whoever types finds the process in {@code /proc}: {@code /proc/PID} where its id is not known. */
    public String procDirectory() {
        return "/proc/" + (pid == 0 ? "PID" : pid);
    }

    public boolean isContainer() {
        return switch (kind) {
            case DOCKER, PODMAN, OTHER_CONTAINER, KUBERNETES -> true;
            case SYSTEM_SERVICE, USER_SERVICE, LOGIN -> false;
        };
    }

    /** Tells whether the user is root, and not only in a user namespace. */
    public boolean isRoot() {
        return uid == 0;
    }

    /**
     * Describes the deployment in a few words.
     *
     * @return for example {@code the systemd unit kafka.service}
     */
    public String describe() {
        String who = user.isEmpty() ? "uid " + uid : "user " + named(user);
        String what =
                switch (kind) {
                    case SYSTEM_SERVICE -> "the systemd unit " + named(unit);
                    case USER_SERVICE -> "the systemd user unit " + named(unit);
                    case DOCKER -> "a Docker container" + shortId();
                    case PODMAN -> "a Podman container" + shortId();
                    case OTHER_CONTAINER -> "a container" + shortId();
                    case KUBERNETES ->
                        pod.isEmpty()
                                ? "a Kubernetes pod" + (podNamespace.isEmpty() ? "" : " in " + podNamespace)
                                : "the Kubernetes pod " + (podNamespace.isEmpty() ? "" : podNamespace + "/")
                                        + named(pod);
                    case LOGIN -> "a login" + (startedAs.isEmpty() ? "" : ", through sudo from " + named(startedAs));
                };
        return what + ", " + who + (isUserNamespace ? ", in a user namespace" : "");
    }

    /** Quotes a name that a shell would take for more than a word: the line may be pasted with what is to be typed. */
    private static String named(String text) {
        return text.isEmpty() ? "" : ShellWord.of(PlainText.of(text));
    }

    private String shortId() {
        return containerId.isEmpty() ? "" : " " + containerId.substring(0, 12);
    }
}
