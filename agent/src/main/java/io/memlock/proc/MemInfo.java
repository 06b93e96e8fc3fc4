// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import java.util.Arrays;

/**
 * The host's memory: {@code /proc/meminfo}. proc_meminfo(5)
 *
 * <p>What the kernel does not print is -1.
 *
 * @param totalBytes usable RAM
 * @param freeBytes not used for anything
 * @param availableBytes what a new workload could get without swapping (since Linux 3.14)
 * @param unevictableBytes cannot be reclaimed, for whatever reason
 * @param mlockedBytes locked by mlock(2) and its relatives
 * @param swapTotalBytes size of all swap areas, 0 if there is none
 * @param swapFreeBytes unused part of it
 * @param commitLimitBytes what can be committed with vm.overcommit_memory=2
 * @param committedBytes what is committed
 * @param hugePagesTotal number of hugetlb pages of the default size
 * @param hugePagesFree how many of them nobody has
 * @param hugePageSizeBytes the default size
 */
public record MemInfo(
        long totalBytes,
        long freeBytes,
        long availableBytes,
        long unevictableBytes,
        long mlockedBytes,
        long swapTotalBytes,
        long swapFreeBytes,
        long commitLimitBytes,
        long committedBytes,
        long hugePagesTotal,
        long hugePagesFree,
        long hugePageSizeBytes) {

    /** Nothing is known. */
    public static final MemInfo UNKNOWN = new MemInfo(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);

    private static final Keys KEYS = new Keys(
            "MemTotal:",
            "MemFree:",
            "MemAvailable:",
            "Unevictable:",
            "Mlocked:",
            "SwapTotal:",
            "SwapFree:",
            "CommitLimit:",
            "Committed_AS:",
            "HugePages_Total:",
            "HugePages_Free:",
            "Hugepagesize:");

    private static final int HUGE_PAGES_TOTAL = 9;
    private static final int HUGE_PAGES_FREE = 10;

    /**
     * Parses the file.
     *
     * @param text of the file
     * @return what it says
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static MemInfo parse(String text) {
        return parse(new Cursor("meminfo", text));
    }

    static MemInfo parse(Cursor memInfo) {
        long[] v = new long[KEYS.size()];
        Arrays.fill(v, -1);
        int key = Keys.NONE;
        while (memInfo.nextLine()) {
            int found = KEYS.find(memInfo, key);
            if (found == HUGE_PAGES_TOTAL || found == HUGE_PAGES_FREE) {
                v[found] = memInfo.number();
            } else if (found != Keys.NONE) {
                v[found] = memInfo.kilobytes();
            }
            key = found == Keys.NONE ? key : found;
        }
        return new MemInfo(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11]);
    }
}
