// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.Backing;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;
import io.memlock.proc.SwappedBytes;
import java.io.IOException;

/** Reads how much memory a JVM has, and walks page tables only if it is cheap or the user asks for it. */
public final class MemoryReader {

    /** What every JVM has of shared memory where /tmp is in RAM: the file of its performance counters, and that is shorter. */
    private static final long COUNTERS_BYTES = 1 << 20;

    private final ProcDirectory proc;

    public MemoryReader(ProcDirectory proc) {
        this.proc = proc;
    }

    /**
     * Reads one small file.
     *
     * @throws IOException if the process has no memory, also where its entry remains: then it ends, or has ended
     */
    ProcessStatus status(long pid) throws IOException {
        ProcessStatus status = proc.status(pid);
        if (!status.hasMemory()) {
            throw new IOException("process " + pid + " has ended");
        }
        return status;
    }

    /**
     * Returns whether page tables tell more of a JVM than its status: how much is locked, if something is charged; and how
     * much shared memory there is, which VmRSS counts once for each view of it, and VmSwap not at all.
     */
    static boolean isWorthAWalk(Jvm jvm, ProcessStatus status) {
        return status.vmLckBytes() != 0 || hasShared(status) || jvm.flags().isOn("UseZGC", false);
    }

    /** Returns whether shared memory of a JVM is in RAM, other than its counters. */
    static boolean hasShared(ProcessStatus status) {
        return status.rssShmemBytes() > COUNTERS_BYTES;
    }

    /**
     * Returns whether shared memory of a JVM may be in swap, of which its status tells nothing once all of it is there. Reads
     * all its mappings if the host uses swap.
     */
    boolean maySwapShared(Jvm jvm) throws IOException {
        return proc.files().memInfo().swapUsedBytes() > 0
                && proc.mappings(jvm.pid()).stream()
                        .anyMatch(mapping -> mapping.shared()
                                && mapping.backing() == Backing.MEMORY
                                && mapping.length() > COUNTERS_BYTES);
    }

    /**
     * Looks at a JVM. Page tables are walked where that takes next to no time and there is something to learn; elsewhere what
     * the agent in the JVM has measured counts, as far as the kernel bears it out.
     *
     * @param published what that agent says
     * @param isExact whether they are walked whatever it takes
     */
    public JvmMemory look(Jvm jvm, PublishedLock published, boolean isExact) throws IOException {
        ProcessStatus status = status(jvm.pid());
        boolean isWalked =
                isExact || (SmapsCost.isLow(status.vmRssBytes()) && (isWorthAWalk(jvm, status) || maySwapShared(jvm)));
        return isWalked
                ? walk(jvm.pid(), status).memory()
                : published.complete(
                        JvmMemory.of(status), proc.files().memInfo().swapUsedBytes());
    }

    /**
     * What a walk of page tables found.
     *
     * @param sharedSwappedBytes in swap, of shared memory, which VmSwap leaves out: the heap, with ZGC
     */
    record Walk(JvmMemory memory, long sharedSwappedBytes) {}

    /**
     * Walks page tables, which has its price: {@link SmapsCost}. Walks a second time only if shared memory is swapped: the sum
     * counts each view of it. So it may seem where memory went to swap after the status was read.
     */
    Walk walk(long pid, ProcessStatus status) throws IOException {
        SmapsRollup rollup = proc.smapsRollup(pid);
        boolean hasShared = rollup.swapBytes() > Math.max(0, status.vmSwapBytes());
        if (!hasShared) {
            return new Walk(JvmMemory.of(status, rollup, rollup.swapPssBytes()), 0);
        }
        SwappedBytes swapped = proc.swappedBytes(pid);
        return new Walk(JvmMemory.of(status, rollup, swapped.total()), swapped.shared());
    }
}
