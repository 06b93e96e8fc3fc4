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
 * @param hasDockerEnv whether {@code /.dockerenv} exists in its root directory
 * @param hasContainerEnv whether {@code /run/.containerenv} exists in its root directory
 * @param podNamespace the namespace file of a Kubernetes service account
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
        boolean hasDockerEnv,
        boolean hasContainerEnv,
        String podNamespace,
        Map<String, String> environment,
        String user,
        String javaHome,
        long pid,
        boolean isSelf,
        String firstProcess,
        String secondProcess) {

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
