// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Reads the memory of one JVM again and again, and walks its page tables only now and then. */
public final class PacedMemory {

    /** The measuring takes at most one part in so many of a CPU, and of the time in which the JVM can map memory. */
    private static final long SHARE = 1000;

    /** The share once the charged bytes have changed, or the resident ones by more than this part. */
    private static final long CHANGED_SHARE = 100;

    private static final long CHANGED_PART = 16;

    private final MemoryReader reader;
    private final Jvm jvm;
    private final long gapNanos;

    private JvmMemory measured;
    private long measuredNanos;
    private long residentThen;

    /** The swapped bytes that a glance does not count: those of shared memory, as ZGC's heap. */
    private long sharedSwappedBytes;

    /** Whether a glance may miss swapped bytes of shared memory, null while a walk counts them. */
    private Boolean mayHideSwap;

    private long tookNanos;

    /**
     * Creates it; nothing is read yet.
     *
     * @param gapMillis the least time between two walks while these bytes do not change
     */
    public PacedMemory(MemoryReader reader, Jvm jvm, long gapMillis) {
        this.reader = reader;
        this.jvm = jvm;
        this.gapNanos = TimeUnit.MILLISECONDS.toNanos(gapMillis);
    }

    /**
     * Returns charged and swapped bytes of this moment, and the others as of {@link #ageSeconds} ago.
     *
     * @throws IOException if the process is gone
     */
    public JvmMemory now() throws IOException {
        ProcessStatus status = reader.status(jvm.pid());
        JvmMemory glance = JvmMemory.of(status);
        if (!isWorthAWalk(status)) {
            measured = null;
            return glance;
        }
        if (isDue(glance)) {
            long start = System.nanoTime();
            MemoryReader.Walk walk = reader.walk(jvm.pid(), status);
            measured = walk.memory();
            residentThen = glance.residentBytes();
            sharedSwappedBytes = walk.sharedSwappedBytes();
            measuredNanos = System.nanoTime();
            tookNanos = measuredNanos - start;
        }
        return new JvmMemory(
                measured.residentBytes(),
                measured.lockedBytes(),
                glance.chargedBytes(),
                glance.swappedBytes() + sharedSwappedBytes,
                glance.anonymousBytes(),
                glance.hugetlbBytes(),
                ageSeconds());
    }

    /** Reads mappings at the first look, and again when shared memory is gone, which may all have gone to swap. */
    private boolean isWorthAWalk(ProcessStatus status) throws IOException {
        if (MemoryReader.hasShared(status)) {
            mayHideSwap = null;
        } else if (mayHideSwap == null) {
            mayHideSwap = reader.maySwapShared(jvm);
        }
        return MemoryReader.isWorthAWalk(jvm, status) || Boolean.TRUE.equals(mayHideSwap) || sharedSwappedBytes > 0;
    }

    /** Returns the age of the locked bytes; -1 if they did not have to be measured. */
    public long ageSeconds() {
        return measured == null ? Numbers.UNKNOWN : TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - measuredNanos);
    }

    private boolean isDue(JvmMemory glance) {
        if (measured == null) {
            return true;
        }
        boolean changed = glance.chargedBytes() != measured.chargedBytes()
                || Math.abs(glance.residentBytes() - residentThen) > residentThen / CHANGED_PART;
        long gap = changed ? tookNanos * CHANGED_SHARE : Math.max(gapNanos, tookNanos * SHARE);
        return System.nanoTime() - measuredNanos > gap;
    }
}
