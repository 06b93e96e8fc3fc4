// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads the evidence. A file that cannot be read is no evidence, and no error. */
public final class PlaceFiles {

    private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private PlaceFiles() {}

    /** Where this process runs. */
    public static Place ofThisProcess() {
        return PlaceDetector.detect(evidence(
                "/proc/self",
                "",
                System.getenv(),
                System.getProperty("user.name", ""),
                System.getProperty("java.home", ""),
                ProcessHandle.current().pid(),
                true));
    }

    /**
     * Where another process runs.
     *
     * @param pid its id as we see it
     */
    public static Place of(long pid) {
        String directory = "/proc/" + pid;
        Map<String, String> environment = new HashMap<>();
        for (String entry : read(directory + "/environ").split("\0", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                environment.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        String user = ProcessHandle.of(pid).flatMap(it -> it.info().user()).orElse("");
        return PlaceDetector.detect(
                evidence(directory, directory + "/root", environment, user, javaHome(directory), pid, false));
    }

    private static String javaHome(String directory) {
        try {
            // JAVA_HOME/bin/java
            File java = new File(directory + "/exe").getCanonicalFile();
            File bin = java.getParentFile();
            return bin == null || bin.getParent() == null ? "" : bin.getParent();
        } catch (IOException e) {
            return "";
        }
    }

    private static PlaceEvidence evidence(
            String directory,
            String root,
            Map<String, String> environment,
            String user,
            String javaHome,
            long pid,
            boolean isSelf) {
        return new PlaceEvidence(
                read(directory + "/cgroup"),
                read(directory + "/mountinfo"),
                read(directory + "/uid_map"),
                read(directory + "/status"),
                new File(root + "/.dockerenv").exists(),
                new File(root + "/run/.containerenv").exists(),
                read(root + SERVICE_ACCOUNT).trim(),
                environment,
                user.equals("?") ? "" : user,
                javaHome,
                pid,
                isSelf,
                read("/proc/1/comm").trim(),
                read("/proc/2/comm").trim());
    }

    private static String read(String file) {
        try (InputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
