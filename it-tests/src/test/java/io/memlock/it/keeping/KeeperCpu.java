// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcTask;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What the keeper's thread of a JVM has used of a CPU, from outside. */
public final class KeeperCpu {

    private final ProcTask thread;

    private KeeperCpu(ProcTask thread) {
        this.thread = thread;
    }

    /** Requires a kernel that tells. */
    public static void require() {
        long self = ProcessHandle.current().pid();
        Machine.require(ProcTask.of(self, self).tellsCpuNanos(), "needs a kernel with CONFIG_SCHED_INFO");
    }

    /** Of a JVM whose keeper runs. */
    public static KeeperCpu of(long pid) {
        try {
            return ProcTask.of(pid).stream()
                    .filter(task -> task.name().equals("memlock-keeper"))
                    .findFirst()
                    .map(KeeperCpu::new)
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nanoseconds on a CPU. */
    public long nanos() {
        try {
            return thread.cpuNanos();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
