// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcessStatus;
import io.memlock.proc.SmapsRollup;

/**
 * The memory of a JVM at one moment. Numbers are bytes, -1 where not known. Huge pages of hugetlbfs are never swapped and
 * count as locked, though the kernel neither charges them nor counts them as resident.
 *
 * @param residentBytes in RAM. Measured with the locked bytes, each page counts by the share this process has of it (Pss);
 *     otherwise it counts in full (VmRSS)
 * @param lockedBytes in RAM and locked, by share, or of hugetlbfs
 * @param chargedBytes locked mappings, resident or not (VmLck)
 * @param swappedBytes in swap
 * @param anonymousBytes in RAM, of no file (RssAnon)
 * @param hugetlbBytes in RAM, as huge pages of hugetlbfs; each mapping of a page counts
 * @param ageSeconds how old the locked bytes are, and the resident bytes with them
 */
public record JvmMemory(
        long residentBytes,
        long lockedBytes,
        long chargedBytes,
        long swappedBytes,
        long anonymousBytes,
        long hugetlbBytes,
        long ageSeconds) {

    /**
     * Takes what is cheap to read of a process that has memory. Where nothing is charged, nothing but huge pages is locked;
     * otherwise the locked bytes are not known.
     */
    static JvmMemory of(ProcessStatus status) {
        boolean isCharged = status.vmLckBytes() != 0;
        return new JvmMemory(
                status.vmRssBytes() + status.hugetlbBytes(),
                isCharged ? Numbers.UNKNOWN : status.hugetlbBytes(),
                status.vmLckBytes(),
                status.vmSwapBytes(),
                status.rssAnonBytes(),
                status.hugetlbBytes(),
                isCharged ? Numbers.UNKNOWN : 0);
    }

    /**
     * Takes what was measured.
     *
     * @param swappedBytes with shared memory, which VmSwap leaves out: the heap, with ZGC
     */
    static JvmMemory of(ProcessStatus status, SmapsRollup rollup, long swappedBytes) {
        return new JvmMemory(
                rollup.residentBytes(),
                rollup.lockedOrHugetlbBytes(),
                status.vmLckBytes(),
                Math.max(status.vmSwapBytes(), swappedBytes),
                status.rssAnonBytes(),
                status.hugetlbBytes(),
                0);
    }

    /** Takes what a scan of all mappings found. */
    public static JvmMemory of(ProcessStatus status, long residentBytes, long lockedBytes, long swappedBytes) {
        return new JvmMemory(
                residentBytes,
                lockedBytes,
                status.vmLckBytes(),
                swappedBytes,
                status.rssAnonBytes(),
                status.hugetlbBytes(),
                0);
    }

    /** Returns the most that can be locked: what is charged, and huge pages of hugetlbfs. */
    long mostLockedBytes() {
        return chargedBytes + hugetlbBytes;
    }

    /** Returns locked of resident bytes, from 0 to 1; -1 if not known. */
    public double coverage() {
        return Numbers.coverage(lockedBytes, residentBytes);
    }
}
