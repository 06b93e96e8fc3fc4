// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;
import java.io.IOException;

/** Reads how much memory a JVM has, at the price the user agrees to. */
public final class MemoryReader {

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
        return something && SmapsCost.isLow(status.vmRssBytes()) ? measure(jvm.pid(), status) : JvmMemory.of(status);
    }

    /** Walks page tables, which has its price: {@link SmapsCost}. */
    public JvmMemory measure(long pid) throws IOException {
        return measure(pid, proc.status(pid));
    }

    /** Walks a second time only if shared memory is swapped: the sum counts each view of it. */
    private JvmMemory measure(long pid, ProcessStatus status) throws IOException {
        SmapsRollup rollup = proc.smapsRollup(pid);
        boolean hasShared = rollup.swapBytes() > Math.max(0, status.vmSwapBytes());
        return JvmMemory.of(status, rollup, hasShared ? proc.swappedBytes(pid) : rollup.swapPssBytes());
    }
}
