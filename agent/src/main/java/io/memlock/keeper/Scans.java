// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.os.ThreadCpuTime;
import io.memlock.report.RegionReport;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the last scan of the process, and decides when to scan again. Scans walk page tables, during which nobody can
 * map memory, so all who ask share them and their cost sets their pace. Safe for use by several threads.
 */
final class Scans {

    /** Scans that nobody asked for, while nothing changes, take 0.03 % of a CPU, and come no more often than this. */
    private static final long CALM_SHARE = 3000;

    private static final long CALM_GAP_NANOS = TimeUnit.SECONDS.toNanos(120);

    /** Scans after growth or shrinking take 0.1 % of a CPU in the long run. */
    private static final long RESIZED_SHARE = 1000;

    private static final long RESIZED_BURST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** They come no more often than this, and after this at the latest while their allowance lasts. */
    private static final long RESIZED_GAP_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final long RESIZED_LATEST_NANOS = TimeUnit.SECONDS.toNanos(9);

    /** So many resident bytes more or less make the last scan wrong, and a 128th of all that are resident very wrong. */
    private static final long RESIZED_BYTES = 1 << 20;

    private static final int RESIZED_PART = 128;

    /** Scans that have to tell of a change take 1 % of a CPU in the long run. */
    private static final long CHANGED_SHARE = 100;

    private static final long CHANGED_BURST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** So much of a scan counts at most: an answer about a large JVM need not wait for minutes. */
    private static final long MOST_COUNTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Scans for those who ask come once a second at most, and take 0.5 % of a CPU at most, however many ask. */
    private static final long ASKED_GAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long ASKED_SHARE = 200;

    /** A scan rests as long as it works, and waits for a CPU where there are few: it takes so many times its CPU time at most. */
    private static final long CLOCK_PER_CPU = 16;

    /** What it may take in any case. */
    private static final long LONGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProcessView process;
    private final ThreadCpuTime cpu;
    private final CpuAllowance resized;
    private final CpuAllowance changed;

    private volatile RegionReport last;

    private volatile boolean isScanning;

    /** The CPU time of the last scan. */
    private volatile long scanNanos;

    private long residentBytes;

    Scans(ProcessView process, ThreadCpuTime cpu) {
        this.process = process;
        this.cpu = cpu;
        this.resized = new CpuAllowance(RESIZED_SHARE, RESIZED_BURST_NANOS, process.nanoTime());
        this.changed = new CpuAllowance(CHANGED_SHARE, CHANGED_BURST_NANOS, process.nanoTime());
    }

    /** Returns the last scan, null before the first, and waits for nobody. */
    RegionReport last() {
        return last;
    }

    /** Returns whether a scan runs that is not the first one, and waits for nobody. */
    boolean isAnotherRunning() {
        return isScanning && last != null;
    }

    /**
     * Returns how long the next scan may take: as long as the last one, but for the time in which all stood still, as a
     * container that is paused, a virtual machine, or a JVM that collects. That takes no CPU time here.
     *
     * @return nanoseconds of the clock; 0 before the first scan
     */
    long nextTakesNanos() {
        RegionReport known = last;
        return known == null ? 0 : Math.min(known.tookNanos(), CLOCK_PER_CPU * scanNanos + LONGER_NANOS);
    }

    /**
     * Scans, unless somebody has just done so. Who comes while a scan runs waits for it and takes it.
     *
     * @throws IOException if the process cannot be looked at
     */
    synchronized void refresh() throws IOException {
        long gap = last == null ? 0 : Math.max(ASKED_GAP_NANOS, scanNanos * ASKED_SHARE);
        if (last == null || process.nanoTime() - last.takenNanos() > gap) {
            scan();
        }
    }

    /**
     * Sees to it that the last scan was made after a change: scans, or takes the scan that somebody else has made since.
     * Where changes without end are asked for, waits for the allowance first.
     *
     * @param changedNanos {@link System#nanoTime} when the lock had been changed
     * @throws IOException if the process cannot be looked at
     */
    synchronized void scanAfter(long changedNanos) throws IOException {
        while (last == null || last.begunNanos() - changedNanos < 0) {
            long rest = changed.restNanos(process.nanoTime());
            if (rest == 0) {
                changed.spend(Math.min(MOST_COUNTED_NANOS, scan()));
            } else {
                await(rest);
            }
        }
    }

    private void await(long nanos) throws IOException {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the next scan; the change has been made");
        }
    }

    /** Scans, and returns what that took in CPU time. */
    private long scan() throws IOException {
        long begun = process.nanoTime();
        long before = cpu.nanos();
        long resident = process.residentBytes();
        isScanning = true;
        try {
            last = process.scan();
        } finally {
            isScanning = false;
        }
        residentBytes = resident;
        // On a virtual thread the CPU time may be that of two carriers.
        scanNanos = Math.min(cpu.since(before), process.nanoTime() - begun);
        notifyAll();
        return scanNanos;
    }

    /**
     * Scans if the last one is old, or no longer tells how much there is.
     *
     * @param isDoubted whether the last one does not fit in with what else is known: it met memory before the keeper did
     * @throws IOException if the process cannot be looked at
     */
    synchronized void keepFresh(boolean isDoubted) throws IOException {
        if (isDue(isDoubted)) {
            resized.spend(scan());
        }
    }

    private boolean isDue(boolean isDoubted) throws IOException {
        if (last == null) {
            return true;
        }
        long now = process.nanoTime();
        long age = now - last.takenNanos();
        if (age > Math.max(CALM_GAP_NANOS, scanNanos * CALM_SHARE)) {
            return true;
        }
        return resized.restNanos(now) == 0 && (isDoubted || (age > RESIZED_GAP_NANOS && isResized(age)));
    }

    private boolean isResized(long age) throws IOException {
        long tolerated = age > RESIZED_LATEST_NANOS ? 0 : residentBytes / RESIZED_PART;
        return Math.abs(process.residentBytes() - residentBytes) > Math.max(RESIZED_BYTES, tolerated);
    }
}
