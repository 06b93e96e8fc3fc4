// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.jvmstat.LockCounters;
import io.memlock.jvmstat.PerfData;
import java.util.concurrent.TimeUnit;

/**
 * What the agent in a JVM last measured, as it publishes it. The JVM can publish anything: an impossible value counts
 * as not known. Numbers are bytes, -1 where not known.
 *
 * @param lockedBytes locked of the selection
 * @param residentBytes resident of the selection
 * @param processLockedBytes locked of the whole process
 * @param processResidentBytes resident of the whole process
 * @param processSwappedBytes swapped out of the whole process, with shared memory
 * @param ageSeconds how long ago that was
 */
record PublishedScan(
        long lockedBytes,
        long residentBytes,
        long processLockedBytes,
        long processResidentBytes,
        long processSwappedBytes,
        long ageSeconds) {

    static final PublishedScan NONE = new PublishedScan(
            Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN);

    /** Returns whether the bytes of the whole process are known. An agent of an older version does not publish them. */
    boolean isOfProcess() {
        return processLockedBytes >= 0;
    }

    /**
     * Reads it.
     *
     * @param file the counters of the JVM
     */
    static PublishedScan in(byte[] file, long nowNanos) {
        long age = ageSeconds(PerfData.counter(file, LockCounters.SCANNED), nowNanos);
        long locked = PerfData.counter(file, LockCounters.LOCKED);
        long resident = PerfData.counter(file, LockCounters.RESIDENT);
        boolean hasClock = nowNanos != ProcessClock.UNKNOWN;
        if ((age < 0 && hasClock) || !isPart(locked, resident)) {
            return NONE;
        }
        long allLocked = PerfData.counter(file, LockCounters.PROCESS_LOCKED);
        long allResident = PerfData.counter(file, LockCounters.PROCESS_RESIDENT);
        long allSwapped = PerfData.counter(file, LockCounters.PROCESS_SWAPPED);
        if (!hasClock || !isPart(allLocked, allResident) || !isPart(locked, allLocked) || allSwapped < 0) {
            return new PublishedScan(locked, resident, Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN, age);
        }
        return new PublishedScan(locked, resident, allLocked, allResident, allSwapped, age);
    }

    private static boolean isPart(long part, long whole) {
        return part >= 0 && part <= whole;
    }

    /**
     * Returns how long ago something was.
     *
     * @param nanos when, 0 for never
     * @return -1 if it is not known, also for what is yet to come
     */
    static long ageSeconds(long nanos, long nowNanos) {
        return nanos <= 0 || nanos > nowNanos ? Numbers.UNKNOWN : TimeUnit.NANOSECONDS.toSeconds(nowNanos - nanos);
    }
}
