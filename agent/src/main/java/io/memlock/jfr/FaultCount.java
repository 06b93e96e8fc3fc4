// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import io.memlock.proc.ProcessStat;

/** Counts page faults from one look at the process's counters to the next. Safe for use by several threads. */
final class FaultCount {

    /** The counters at the last look; null where counting is to begin anew. */
    private ProcessStat last;

    private long lastNanos;

    /**
     * Page faults of an interval.
     *
     * @param major those that waited for a disk
     * @param minor those that waited for no disk
     * @param nanos length of the interval
     */
    record Faults(long major, long minor, long nanos) {}

    /**
     * Returns the page faults since the last look.
     *
     * @param stat the counters of now; null if they cannot be read, so that the interval goes on
     * @param nowNanos {@link System#nanoTime}
     * @return null at the first look, and where the counters cannot be read
     */
    synchronized Faults next(ProcessStat stat, long nowNanos) {
        if (stat == null) {
            return null;
        }
        Faults faults = last == null
                ? null
                : new Faults(
                        stat.majorFaults() - last.majorFaults(),
                        stat.minorFaults() - last.minorFaults(),
                        nowNanos - lastNanos);
        last = stat;
        lastNanos = nowNanos;
        return faults;
    }

    /** Has the next look be the first. */
    synchronized void reset() {
        last = null;
    }
}
