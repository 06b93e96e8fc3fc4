// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.options.AgentOptions;
import io.memlock.os.ThreadCpuTime;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Changes the lock, and spares a JVM in which somebody asks for changes without end: each looks at all mappings, and others
 * map memory more slowly meanwhile. Safe for use by several threads.
 */
final class PacedChanges {

    /** Changes take a tenth of a CPU in the long run. */
    private static final long SHARE = 10;

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So much of a change counts at most: the next to a large JVM need not wait for longer than ten seconds. */
    private static final long MOST_COUNTED_NANOS = BURST_NANOS;

    private final MemoryLock lock;
    private final ProcessView process;
    private final ThreadCpuTime cpu;
    private final CpuAllowance allowance;

    PacedChanges(MemoryLock lock, ProcessView process, ThreadCpuTime cpu) {
        this.lock = lock;
        this.process = process;
        this.cpu = cpu;
        this.allowance = new CpuAllowance(SHARE, BURST_NANOS, process.nanoTime());
    }

    /**
     * Locks something else from now on, as soon as the changes before allow it.
     *
     * @throws IOException if {@code /proc/self} cannot be read, or if the caller is interrupted before its turn
     */
    synchronized Outcome change(AgentOptions wanted) throws IOException {
        for (long rest = restNanos(); rest > 0; rest = restNanos()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, rest);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for its turn; nothing has been changed");
            }
        }
        long before = cpu.nanos();
        try {
            return lock.change(wanted);
        } finally {
            allowance.spend(Math.min(MOST_COUNTED_NANOS, cpu.since(before)));
        }
    }

    private long restNanos() {
        return allowance.restNanos(process.nanoTime());
    }
}
