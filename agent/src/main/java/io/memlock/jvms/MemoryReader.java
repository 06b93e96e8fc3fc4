// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;
import java.io.IOException;

/** Reads how much memory a JVM has, at the price the user agrees to. */
public final class MemoryReader {

    /** Measured unasked up to here: page tables of so much are walked in under 5 ms. */
    static final long CHEAP_RESIDENT_BYTES = 512L << 20;

    private final ProcDirectory proc;

    public MemoryReader(ProcDirectory proc) {
        this.proc = proc;
    }

    /** Reads one small file. */
    JvmMemory glance(long pid) throws IOException {
        return JvmMemory.of(proc.status(pid));
    }

    /** Walks page tables only where that takes next to no time, and only if there is something to learn. */
    public JvmMemory glanceOrMeasure(Jvm jvm) throws IOException {
        ProcessStatus status = proc.status(jvm.pid());
        boolean something = status.vmLckBytes() > 0 || jvm.flags().isOn("UseZGC", false);
        return something && status.vmRssBytes() <= CHEAP_RESIDENT_BYTES
                ? measure(jvm.pid(), status)
                : JvmMemory.of(status);
    }

    /** Walks page tables: 9 ms for each resident GiB. */
    public JvmMemory measure(long pid) throws IOException {
        return measure(pid, proc.status(pid));
    }

    /** Only if there is swapped shared memory it takes a second walk to tell how much: the sum counts each view of it. */
    private JvmMemory measure(long pid, ProcessStatus status) throws IOException {
        SmapsRollup rollup = proc.smapsRollup(pid);
        boolean hasShared = rollup.swapBytes() > Math.max(0, status.vmSwapBytes());
        return JvmMemory.of(status, rollup, hasShared ? proc.swappedBytes(pid) : rollup.swapPssBytes());
    }
}
