// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;

/**
 * The memory of a JVM at one moment. Numbers are bytes, -1 where not known.
 *
 * @param residentBytes in RAM. Measured with the locked bytes, each page counts by the share this process has of it (Pss);
 *     otherwise it counts in full (VmRSS)
 * @param lockedBytes in RAM and locked, by share
 * @param chargedBytes locked mappings, resident or not (VmLck)
 * @param swappedBytes in swap
 * @param anonymousBytes in RAM, of no file (RssAnon)
 * @param ageSeconds how old the locked bytes are, and the resident bytes with them
 */
public record JvmMemory(
        long residentBytes,
        long lockedBytes,
        long chargedBytes,
        long swappedBytes,
        long anonymousBytes,
        long ageSeconds) {

    /** Takes what is cheap to read. Nothing is locked where nothing is charged; otherwise the locked bytes are not known. */
    static JvmMemory of(ProcessStatus status) {
        long locked = status.vmLckBytes() == 0 ? 0 : Numbers.UNKNOWN;
        return new JvmMemory(
                status.vmRssBytes(),
                locked,
                status.vmLckBytes(),
                status.vmSwapBytes(),
                status.rssAnonBytes(),
                locked == 0 ? 0 : Numbers.UNKNOWN);
    }

    /**
     * Takes what was measured.
     *
     * @param swappedBytes with shared memory, which VmSwap leaves out: the heap, with ZGC
     */
    static JvmMemory of(ProcessStatus status, SmapsRollup rollup, long swappedBytes) {
        return new JvmMemory(
                rollup.pssBytes(),
                rollup.lockedBytes(),
                status.vmLckBytes(),
                Math.max(status.vmSwapBytes(), swappedBytes),
                status.rssAnonBytes(),
                0);
    }

    /** Takes what a scan of all mappings found. */
    public static JvmMemory of(ProcessStatus status, long residentBytes, long lockedBytes, long swappedBytes) {
        return new JvmMemory(residentBytes, lockedBytes, status.vmLckBytes(), swappedBytes, status.rssAnonBytes(), 0);
    }

    /** Returns locked of resident bytes, from 0 to 1; -1 if not known. */
    public double coverage() {
        return Numbers.coverage(lockedBytes, residentBytes);
    }
}
