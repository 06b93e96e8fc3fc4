// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcessStat;
import java.io.IOException;

/** Measures the rate of major page faults of a process between two looks. */
public final class FaultMeter {

    private static final double NANOS = 1e9;

    private final ProcDirectory proc;
    private final Jvm jvm;
    private long faults;
    private long nanos;

    /**
     * Takes the first look.
     *
     * @throws IOException if the process is gone
     */
    public FaultMeter(ProcDirectory proc, Jvm jvm) throws IOException {
        this.proc = proc;
        this.jvm = jvm;
        this.faults = look();
        this.nanos = System.nanoTime();
    }

    /** Returns the faults since the process started, as of the last look. */
    public long total() {
        return faults;
    }

    /**
     * Looks again.
     *
     * @return faults per second since the last look
     * @throws IOException if the process is gone, also if another has its id now
     */
    public double perSecond() throws IOException {
        long before = faults;
        long beforeNanos = nanos;
        faults = look();
        nanos = System.nanoTime();
        return (faults - before) * NANOS / Math.max(1, nanos - beforeNanos);
    }

    private long look() throws IOException {
        ProcessStat stat = proc.stat(jvm.pid());
        if (!jvm.isStill(stat)) {
            throw new IOException("process " + jvm.pid() + " is another one now");
        }
        return stat.majorFaults();
    }
}
