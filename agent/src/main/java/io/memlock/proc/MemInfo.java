// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;

/**
 * The host's memory: {@code /proc/meminfo}. proc_meminfo(5)
 *
 * <p>What the kernel does not print is -1.
 *
 * @param totalBytes usable RAM
 * @param availableBytes what a new workload could get without swapping (since Linux 3.14)
 * @param lockedBytes locked by all processes, each page once
 * @param swapTotalBytes size of all swap areas, 0 if there is none
 * @param swapFreeBytes unused part of it
 * @param hugetlbBytes what all huge pages of hugetlbfs come to, of any size (since Linux 4.16)
 * @param anonymousBytes what is no file's and can be swapped out: what is locked is not in it
 */
public record MemInfo(
        long totalBytes,
        long availableBytes,
        long lockedBytes,
        long swapTotalBytes,
        long swapFreeBytes,
        long hugetlbBytes,
        long anonymousBytes) {

    public static final MemInfo UNKNOWN = new MemInfo(-1, -1, -1, -1, -1, -1, -1);

    private static final Keys KEYS = new Keys(
            "MemTotal:",
            "MemAvailable:",
            "Mlocked:",
            "SwapTotal:",
            "SwapFree:",
            "Hugetlb:",
            "Active(anon):",
            "Inactive(anon):");

    /**
     * Parses the file.
     *
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static MemInfo parse(Cursor memInfo) {
        long[] v = KEYS.kilobytes(memInfo, -1);
        long anonymous = v[6] < 0 || v[7] < 0 ? -1 : v[6] + v[7];
        return new MemInfo(v[0], v[1], v[2], v[3], v[4], v[5], anonymous);
    }

    /** Returns whether the host has no huge page of hugetlbfs: then nobody maps any. False also where it is not known. */
    public boolean hasNoHugetlbPages() {
        return hugetlbBytes == 0;
    }

    /** Returns the used part of all swap areas; -1 if it is not known. */
    public long swapUsedBytes() {
        return swapTotalBytes < 0 || swapFreeBytes < 0 ? -1 : Math.max(0, swapTotalBytes - swapFreeBytes);
    }
}
