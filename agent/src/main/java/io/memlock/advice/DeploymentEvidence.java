// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import java.util.Map;

/**
 * The evidence of how a process is deployed, as text. What could not be read is empty.
 *
 * @param cgroup {@code /proc/PID/cgroup}
 * @param mountInfo {@code /proc/PID/mountinfo}
 * @param uidMap {@code /proc/PID/uid_map}
 * @param status {@code /proc/PID/status}
 * @param marks what a container runtime has left in its root directory
 * @param environment its environment variables
 * @param user its user's name, or ""
 * @param javaHome the directory of its JDK
 * @param pid its process id as whoever reads this sees it
 * @param isSelf whether the process reads this of itself
 * @param firstProcess the name of process 1
 * @param secondProcess the name of process 2
 */
public record DeploymentEvidence(
        String cgroup,
        String mountInfo,
        String uidMap,
        String status,
        ContainerMarks marks,
        Map<String, String> environment,
        String user,
        String javaHome,
        long pid,
        boolean isSelf,
        String firstProcess,
        String secondProcess) {

    /**
     * The marks that container runtimes leave in the root directory of a process.
     *
     * @param hasDockerEnv whether {@code /.dockerenv} exists
     * @param hasContainerEnv whether {@code /run/.containerenv} exists
     * @param podNamespace the namespace file of a Kubernetes service account
     */
    public record ContainerMarks(boolean hasDockerEnv, boolean hasContainerEnv, String podNamespace) {}

    /** Returns whether the files that tell most could be read: without a file descriptor none can. */
    public boolean isComplete() {
        return !cgroup.isEmpty() && !status.isEmpty();
    }

    /** Returns whether the reader has process ids of its own: {@link DeploymentFiles#isInPidNamespace}. */
    boolean isReadInPidNamespace() {
        return isPidNamespace(firstProcess, secondProcess);
    }

    /** Process 2 of every host is the first of the kernel's own threads, which no PID namespace but the host's shows. */
    static boolean isPidNamespace(String firstProcess, String secondProcess) {
        return !firstProcess.isEmpty() && !secondProcess.equals("kthreadd");
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
