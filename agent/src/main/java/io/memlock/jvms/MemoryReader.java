// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;
import java.io.IOException;

/** Reads how much memory a JVM has, and walks page tables only if it is cheap or the user asks for it. */
public final class MemoryReader {

    private final ProcDirectory proc;

    public MemoryReader(ProcDirectory proc) {
        this.proc = proc;
    }

    /** Reads one small file. */
    JvmMemory glance(long pid) throws IOException {
        return JvmMemory.of(proc.status(pid));
    }

    /**
     * Looks at a JVM. Page tables are walked where that takes next to no time and there is something to learn; elsewhere what
     * the agent in the JVM has measured counts, as far as the kernel bears it out.
     *
     * @param published what that agent says
     * @param isExact whether they are walked whatever it takes
     */
    public JvmMemory look(Jvm jvm, PublishedLock published, boolean isExact) throws IOException {
        ProcessStatus status = proc.status(jvm.pid());
        boolean something = status.vmLckBytes() > 0 || jvm.flags().isOn("UseZGC", false);
        boolean isWalked = isExact || (something && SmapsCost.isLow(status.vmRssBytes()));
        return isWalked
                ? measure(jvm.pid(), status)
                : published.complete(
                        JvmMemory.of(status), proc.files().memInfo().swapUsedBytes());
    }

    /** Walks page tables, which has its price: {@link SmapsCost}. */
    JvmMemory measure(long pid) throws IOException {
        return measure(pid, proc.status(pid));
    }

    /** Walks a second time only if shared memory is swapped: the sum counts each view of it. */
    private JvmMemory measure(long pid, ProcessStatus status) throws IOException {
        SmapsRollup rollup = proc.smapsRollup(pid);
        boolean hasShared = rollup.swapBytes() > Math.max(0, status.vmSwapBytes());
        return JvmMemory.of(status, rollup, hasShared ? proc.swappedBytes(pid) : rollup.swapPssBytes());
    }
}
