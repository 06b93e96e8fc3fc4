// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import java.io.IOException;

/** Measures the major page faults of a process each second, from one look to the next. */
public final class FaultMeter {

    private static final double NANOS = 1e9;

    private final ProcDirectory proc;
    private final long pid;
    private final long startTicks;
    private long faults;
    private long nanos;

    /**
     * Takes the first look.
     *
     * @throws IOException if the process is gone
     */
    public FaultMeter(ProcDirectory proc, Jvm jvm) throws IOException {
        this.proc = proc;
        this.pid = jvm.pid();
        this.startTicks = jvm.startTicks();
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
     * @return faults each second since the last look
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
        var stat = proc.stat(pid);
        if (stat.startTicks() != startTicks) {
            throw new IOException("process " + pid + " is another one now");
        }
        return stat.majorFaults();
    }
}
