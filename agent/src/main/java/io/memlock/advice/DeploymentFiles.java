// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import io.memlock.advice.DeploymentEvidence.ContainerMarks;
import io.memlock.memory.Mapping;
import io.memlock.proc.ProcFs;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Reads the {@link DeploymentEvidence} of a process. A file that cannot be read counts as empty, not as an error. */
public final class DeploymentFiles {

    private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private static final String LIBJVM = "/lib/server/libjvm.so";

    private static final String DOCKER = "/.dockerenv";
    private static final String CONTAINER = "/run/.containerenv";

    /** Names in Kubernetes are much shorter. */
    private static final int LONGEST_NAMESPACE = 256;

    private DeploymentFiles() {}

    /** Reads how this process is deployed. */
    public static DeploymentEvidence ofThisProcess() {
        ProcFs proc = new ProcFs();
        ContainerMarks marks = new ContainerMarks(
                new File(DOCKER).exists(),
                new File(CONTAINER).exists(),
                read(new File(SERVICE_ACCOUNT)).trim());
        return evidence(
                proc,
                ProcessHandle.current().pid(),
                true,
                marks,
                System.getenv(),
                ownUser(proc),
                System.getProperty("java.home", ""));
    }

    /** The property may be set to somebody else's name: it is asked only where no file can be opened, and so nothing tells. */
    private static String ownUser(ProcFs proc) {
        String user = user(ProcessHandle.current());
        return user.isEmpty() && proc.textOrNone(ProcFs.SELF, "status").isEmpty()
                ? System.getProperty("user.name", "")
                : user;
    }

    /** Returns the name of the owner of its directory in {@code /proc}; "" if it has none. */
    private static String user(ProcessHandle process) {
        return process.info().user().orElse("");
    }

    /**
     * Detects how another process is deployed.
     *
     * @param proc where {@code /proc} is
     * @param pid its id as we see it
     * @param mappings the mappings of the process, one of which tells where its Java is
     */
    public static Deployment of(ProcFs proc, long pid, List<Mapping> mappings) {
        String process = Long.toString(pid);
        String user = ProcessHandle.of(pid).map(DeploymentFiles::user).orElse("");
        ContainerMarks marks = new ContainerMarks(
                proc.existsSeenBy(process, DOCKER),
                proc.existsSeenBy(process, CONTAINER),
                proc.textSeenByOrNone(process, SERVICE_ACCOUNT, LONGEST_NAMESPACE)
                        .trim());
        return DeploymentDetector.detect(evidence(
                proc, pid, false, marks, proc.environmentOrNone(process), user, javaHome(proc, process, mappings)));
    }

    /**
     * Returns the directory of the JDK that a JVM runs on, as that JVM sees it: the path of its program may lead elsewhere
     * here, or nowhere.
     *
     * @return a path, or "" if it cannot be told
     */
    public static String javaHome(ProcFs proc, String pid, List<Mapping> mappings) {
        return proc.pathSeenBy(pid, mappedJavaHome(mappings));
    }

    /** Returns the directory of a JVM's JDK, with which the paths of its mappings begin; "" if it cannot be told. */
    public static String mappedJavaHome(List<Mapping> mappings) {
        for (Mapping mapping : mappings) {
            if (mapping.path().endsWith(LIBJVM)) {
                return mapping.path().substring(0, mapping.path().length() - LIBJVM.length());
            }
        }
        return "";
    }

    private static DeploymentEvidence evidence(
            ProcFs proc,
            long pid,
            boolean isSelf,
            ContainerMarks marks,
            Map<String, String> environment,
            String user,
            String javaHome) {
        String process = isSelf ? ProcFs.SELF : Long.toString(pid);
        return new DeploymentEvidence(
                proc.textOrNone(process, "cgroup"),
                proc.textOrNone(process, "mountinfo"),
                proc.textOrNone(process, "uid_map"),
                proc.textOrNone(process, "status"),
                marks,
                environment,
                user.equals("?") ? "" : user,
                javaHome,
                pid,
                isSelf,
                name(proc, "1"),
                name(proc, "2"));
    }

    /**
     * Returns whether this process is in a PID namespace below the host's, as in a container: it does not see the processes
     * outside of it. False also where {@code /proc} does not tell.
     */
    public static boolean isInPidNamespace(ProcFs proc) {
        return DeploymentEvidence.isPidNamespace(name(proc, "1"), name(proc, "2"));
    }

    private static String name(ProcFs proc, String pid) {
        return proc.textOrNone(pid, "comm").trim();
    }

    private static String read(File file) {
        if (!file.isFile()) {
            return "";
        }
        try (InputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(LONGEST_NAMESPACE), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
