// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A container of the OCI runtime crun with a JVM that may grow, under the seccomp profile that containers get by default. The
 * guest's own files, read-only, serve as the container's.
 *
 * @param jdk of the JVM
 * @param uid who it runs as
 * @param capabilities of root, and the bound of any other user's
 * @param lockLimit of {@code RLIMIT_MEMLOCK}, or {@link #UNLIMITED}
 * @param flags of the JVM
 * @param environment as {@code NAME=value}, beside PATH and HOME
 * @param volume a directory that is mounted as an image volume is, on {@code /memlock}; or null
 */
record Container(
        Jdk jdk,
        int uid,
        List<String> capabilities,
        long lockLimit,
        List<String> flags,
        List<String> environment,
        Path volume) {

    static final long UNLIMITED = -1;

    private static final Path PROFILE = Path.of("/opt/seccomp.json");
    private static final Path BUNDLE = Path.of("/tmp/bundle");
    private static final String NAME = "memlock";

    /** Starts it. What the JVM says comes as if it were a child of this process. */
    ForkedJvm start() throws IOException {
        Files.createDirectories(BUNDLE.resolve("root"));
        List<String> arguments =
                new ArrayList<>(List.of(jdk.java().toString(), "-XX:+UseSerialGC", "-Xms32m", "-Xmx320m"));
        arguments.addAll(flags);
        arguments.addAll(List.of("-cp", "/opt/test-classes", "io.memlock.it.apps.HeapApp"));
        List<String> variables = new ArrayList<>(List.of("PATH=/usr/bin:/bin", "HOME=/tmp"));
        variables.addAll(environment);
        Files.writeString(
                BUNDLE.resolve("config.json"),
                """
                {"ociVersion": "1.0.2",
                 "process": {"user": {"uid": %1$d, "gid": %1$d}, "cwd": "/", "noNewPrivileges": false,
                  "args": [%2$s],
                  "env": [%3$s],
                  "capabilities": {"bounding": [%4$s], "effective": [%5$s], "permitted": [%5$s]},
                  "rlimits": [{"type": "RLIMIT_MEMLOCK", "soft": %6$s, "hard": %6$s}]},
                 "root": {"path": "root"},
                 "mounts": [
                  {"destination": "/proc", "type": "proc", "source": "proc"},
                  {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]},
                  %7$s],
                 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}],
                  "seccomp": %8$s}}
                """
                        .formatted(
                                uid,
                                quoted(arguments),
                                quoted(variables),
                                quoted(capabilities),
                                uid == 0 ? quoted(capabilities) : "",
                                Long.toUnsignedString(lockLimit),
                                mounts(),
                                Files.readString(PROFILE)));
        // The shell keeps what a JVM would get as arguments from crun, which reads them in the bundle.
        String run = "exec crun --cgroup-manager=cgroupfs run --no-pivot -b " + BUNDLE + " " + NAME;
        return ForkedJvm.on(jdk).wrapper(List.of("sh", "-c", run)).start();
    }

    private static String quoted(List<String> words) {
        return words.isEmpty() ? "" : "\"" + String.join("\",\"", words) + "\"";
    }

    private String mounts() {
        StringBuilder mounts = new StringBuilder();
        for (String directory : List.of("usr", "lib", "lib64", "bin", "etc", "opt", "dev")) {
            mounts.append(mounts.isEmpty() ? "" : ",\n  ");
            mounts.append(mount("/" + directory, "/" + directory, "\"rbind\", \"ro\""));
        }
        if (volume != null) {
            String options = "\"rbind\", \"ro\", \"noexec\", \"nosuid\", \"nodev\"";
            mounts.append(",\n  ").append(mount("/memlock", volume.toString(), options));
        }
        return mounts.toString();
    }

    private static String mount(String destination, String source, String options) {
        return "{\"destination\": \"" + destination + "\", \"type\": \"none\", \"source\": \"" + source
                + "\", \"options\": [" + options + "]}";
    }

    /** Runs a command in it, as a probe of a pod does. */
    static Outcome exec(String... command) {
        List<String> words = new ArrayList<>(List.of("crun", "--cgroup-manager=cgroupfs", "exec", NAME));
        words.addAll(List.of(command));
        return Commands.run(words);
    }

    /** Returns the process ID of the JVM, as the guest sees it. */
    static long pid() {
        String state = Commands.succeed("crun", "state", NAME);
        return Long.parseLong(state.replaceAll("(?s).*\"pid\": (\\d+).*", "$1"));
    }

    /** Ends it, if it is still there. */
    static void delete() {
        Commands.run("crun", "delete", "--force", NAME);
    }
}
