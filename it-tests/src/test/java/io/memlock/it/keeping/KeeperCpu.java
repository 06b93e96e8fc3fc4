// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcTask;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What the keeper's thread of a JVM has used of a CPU, from outside. */
public final class KeeperCpu {

    /** Of an allowance of 1 % of a CPU. */
    private static final long SAVED_MILLIS = 300;

    private static final long REST_PER_CPU = 100;

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

    /**
     * Returns how long to wait at most for what is no danger: it is unlocked within the keeper's allowance, and for what the
     * keeper has used beyond this, it rests. However much that is, at some time it is too late.
     *
     * @param latestMillis without a rest
     */
    public long patienceMillis(long latestMillis) {
        long rest = Math.max(0, nanos() / 1_000_000 - SAVED_MILLIS) * REST_PER_CPU;
        return Math.min(latestMillis + rest, ForkedJvm.TIMEOUT.toMillis());
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
