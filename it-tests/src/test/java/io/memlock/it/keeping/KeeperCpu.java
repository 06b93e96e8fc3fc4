// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the keeper's thread of a JVM has used of a CPU, from outside. */
public final class KeeperCpu {

    private final Path thread;

    private KeeperCpu(Path thread) {
        this.thread = thread;
    }

    /** Requires a kernel that tells. */
    public static void require() {
        Machine.require(
                Files.isReadable(
                        Path.of("/proc/self/task/" + ProcessHandle.current().pid() + "/schedstat")),
                "needs a kernel with CONFIG_SCHED_INFO");
    }

    /** Of a JVM whose keeper runs. */
    public static KeeperCpu of(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.filter(task -> read(task.resolve("comm")).startsWith("memlock-keeper"))
                    .findFirst()
                    .map(KeeperCpu::new)
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first number: nanoseconds on a CPU. */
    public long nanos() {
        String schedstat = read(thread.resolve("schedstat"));
        return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
