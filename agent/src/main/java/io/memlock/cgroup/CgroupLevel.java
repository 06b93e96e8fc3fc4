// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;

/**
 * Reads one cgroup on the way up from a process. Its limits and its usage are read at each call.
 *
 * <p>Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst. A limit of -1 is none: unlimited, or the kernel has
 * no such limit here (the root cgroup, swap accounting off). A usage of -1 is unknown. A file that is not in the kernel's
 * format is a {@link io.memlock.files.ProcFormatException}.
 *
 * @param version 1 or 2
 * @param directory its path, absolute
 * @param files in it
 */
public record CgroupLevel(int version, String directory, CgroupFiles files) {

    static final long NO_LIMIT = -1;

    /** In version 2 no cgroup has this file: {@code vm.swappiness} counts for all, and stands for it. */
    static final String SWAPPINESS = "memory.swappiness";

    /** The only file that is empty where it is not hidden: where there is no controller. */
    static final String CONTROLLERS = "cgroup.controllers";

    /** v1 says "unlimited" with the largest multiple of the page size below 2^63. */
    private static final long V1_UNLIMITED = 1L << 62;

    private static final Keys HIERARCHICAL_LIMIT = new Keys("hierarchical_memory_limit ");
    private static final Keys HIERARCHICAL_LIMIT_OF_BOTH = new Keys("hierarchical_memsw_limit ");
    private static final Keys RECLAIMABLE_V1 = new Keys("total_inactive_file ", "total_active_file ");
    private static final Keys RECLAIMABLE_V2 = new Keys("inactive_file ", "active_file ");
    private static final Keys SLAB_V2 = new Keys("slab_reclaimable ");
    private static final Keys SWAPPABLE_V1 = new Keys("total_inactive_anon ", "total_active_anon ");
    private static final Keys SWAPPABLE_V2 = new Keys("inactive_anon ", "active_anon ");
    private static final byte[] MAX = {'m', 'a', 'x'};

    /** Returns this level for one measurement, in which each file is read at most once. */
    CgroupLevel measured() {
        return new CgroupLevel(version, directory, new FilesReadOnce(files));
    }

    /**
     * Returns whether the limit and the usage can be read, or the kernel has none here: in the root of version 2, and where
     * the memory controller is off. The levels above have one all the same.
     */
    boolean tellsItsLimit() {
        if (version == 1) {
            return has("memory.limit_in_bytes") && has("memory.usage_in_bytes");
        }
        if (has("memory.max")) {
            return has("memory.current");
        }
        String controllers = files.text(CONTROLLERS); // every cgroup has it
        return controllers != null && (!isBelowAnother() || !(" " + controllers.strip() + " ").contains(" memory "));
    }

    /** Returns whether this is none of version 2's root, as that of a container's namespace. */
    private boolean isBelowAnother() {
        return has("cgroup.events");
    }

    /** Returns whether nothing here tells what applies above. */
    boolean isBelowAHiddenOne() {
        return version == 2 && isBelowAnother();
    }

    /**
     * Returns the limit beyond which the kernel reclaims, then kills. v1 tells the tightest limit here and above, even where
     * a container hides the levels above.
     */
    long limitBytes() {
        return version == 2
                ? number("memory.max")
                : tighter(number("memory.limit_in_bytes"), limited(sumOfStat(HIERARCHICAL_LIMIT)));
    }

    /**
     * Returns whether it is certain that neither this cgroup nor one above has a limit. Version 2 tells only of each cgroup
     * by itself.
     */
    boolean isFreeOfLimitsFromHereUp() {
        return version == 1 && sumOfStat(HIERARCHICAL_LIMIT) >= V1_UNLIMITED;
    }

    /** Returns the limit beyond which the kernel throttles and reclaims; v1 has none. */
    long highBytes() {
        return version == 2 ? number("memory.high") : NO_LIMIT;
    }

    /**
     * Returns the tighter of the limit and memory.high. Beyond memory.high a process is not killed, but stopped again and
     * again, which is as bad.
     */
    long tighterLimitBytes() {
        return tighter(limitBytes(), highBytes());
    }

    /** Returns how much is protected from being reclaimed for others; -1 for all, as in the root cgroup: it has no such file. */
    long protectionBytes(String name) {
        return number(name);
    }

    /** Returns whether there is a file: not in the root cgroup, and in v1 others. */
    boolean has(String name) {
        return files.text(name) != null;
    }

    /** Returns what is used, page cache included. */
    long usageBytes() {
        return number(version == 2 ? "memory.current" : "memory.usage_in_bytes");
    }

    /**
     * Returns the limit of swap. v1 limits memory and swap together: there swap may also take what memory leaves unused. Of
     * both limits v1 tells the tightest here and above, as {@link #limitBytes}.
     */
    long swapLimitBytes() {
        if (version == 2) {
            return number("memory.swap.max");
        }
        long both = tighter(number("memory.memsw.limit_in_bytes"), limited(sumOfStat(HIERARCHICAL_LIMIT_OF_BOTH)));
        long memory = both < 0 ? NO_LIMIT : limitBytes();
        return memory < 0 ? NO_LIMIT : Math.max(0, both - memory);
    }

    /** Returns what is in swap; -1 if it is not known. v1 counts memory and swap together. */
    long swapUsageBytes() {
        if (version == 2) {
            return number("memory.swap.current");
        }
        long both = number("memory.memsw.usage_in_bytes");
        long memory = usageBytes();
        return both < 0 || memory < 0 ? -1 : Math.max(0, both - memory);
    }

    /** Returns how much more swap can be used before the limit of swap is reached. */
    private long leftOfSwapLimitBytes() {
        long limit = swapLimitBytes();
        if (limit < 0) {
            return RoomSource.UNBOUNDED;
        }
        return Math.max(0, limit - Math.max(0, swapUsageBytes()));
    }

    /**
     * Returns how much more can be swapped out of this cgroup, whether its own limit is reached, one above, or the host is
     * short of memory. v1 does not limit that, because to swap out does not change the sum of memory and swap that it limits.
     */
    long swapLeftBytes() {
        return version == 2 ? leftOfSwapLimitBytes() : RoomSource.UNBOUNDED;
    }

    /**
     * Returns whether the kernel swaps nothing out of this cgroup when its limit, or one above, is reached: with a swappiness
     * of 0 it kills instead ({@code get_scan_count} in mm/vmscan.c). When the host is short of memory it swaps all the same.
     */
    boolean isNeverSwappedForALimit() {
        return number(SWAPPINESS) == 0;
    }

    /**
     * Returns how near the OOM killer is.
     *
     * <p>v1 kills when either of two limits is reached and nothing is left to reclaim: of memory, which swapping out makes room
     * under, or of memory and swap together, which it does not. So swap adds to what is free at most what the second limit
     * is above the first, less what is in swap already, and nothing where both are the same.
     *
     * @param swapLeftBytes how much more can be swapped out of all that is counted here
     * @param ownSwapLeftBytes how much more can be swapped out of the process
     * @param heapToComeBytes what the Java heap may still take
     * @return null if there is no limit or the usage is not known
     */
    OomMargin oomMargin(long swapLeftBytes, long ownSwapLeftBytes, long heapToComeBytes) {
        long free = freeBytes();
        if (free == RoomSource.UNBOUNDED) {
            return null;
        }
        long gain = version == 2 || swapLeftBytes == 0 ? RoomSource.UNBOUNDED : leftOfSwapLimitBytes();
        return new OomMargin(
                free,
                Math.max(0, sumOfStat(version == 2 ? SWAPPABLE_V2 : SWAPPABLE_V1)),
                Math.min(swapLeftBytes, gain),
                Math.min(ownSwapLeftBytes, gain),
                tighterLimitBytes(),
                heapToComeBytes,
                "the memory cgroup allows");
    }

    /**
     * Returns how much more can be kept from being reclaimed. Page cache that is not locked counts as free, and half of what
     * the kernel keeps of files and directories: it drops them before it kills ({@code shrink_slab} in mm/vmscan.c), as
     * {@code si_mem_available} reckons with for MemAvailable. Version 1 does not tell of it.
     *
     * @return bytes, {@link RoomSource#UNBOUNDED} if there is no limit or the usage is not known
     */
    long freeBytes() {
        long limit = tighterLimitBytes();
        if (limit < 0) {
            return RoomSource.UNBOUNDED; // before the usage: each file costs a keeper that looks each second
        }
        long usage = usageBytes();
        if (usage < 0) {
            return RoomSource.UNBOUNDED;
        }
        long reclaimable = version == 2
                ? Math.max(0, sumOfStat(RECLAIMABLE_V2)) + Math.max(0, sumOfStat(SLAB_V2)) / 2
                : Math.max(0, sumOfStat(RECLAIMABLE_V1));
        return Math.max(0, limit - Math.max(0, usage - reclaimable));
    }

    /** Returns the tighter of two limits, either of which may be unlimited. */
    static long tighter(long one, long other) {
        return one == NO_LIMIT || other == NO_LIMIT ? Math.max(one, other) : Math.min(one, other);
    }

    /** Returns the number a file holds; -1 if it is not there, or says that there is no limit. */
    private long number(String name) {
        String text = files.text(name);
        if (text == null) {
            return NO_LIMIT;
        }
        Cursor cursor = new Cursor(name, text);
        cursor.nextLine();
        if (!cursor.skip(MAX)) {
            return limited(cursor.number());
        }
        if (!cursor.atLineEnd()) {
            throw cursor.malformed("nothing after max");
        }
        return NO_LIMIT;
    }

    /** Returns the sum of some numbers in memory.stat; -1 if none of them is there. */
    private long sumOfStat(Keys keys) {
        String text = files.text("memory.stat");
        if (text == null) {
            return -1;
        }
        Cursor lines = new Cursor("memory.stat", text);
        long sum = -1;
        while (lines.nextLine()) {
            if (keys.find(lines, Keys.NONE) != Keys.NONE) {
                sum = Math.max(0, sum) + lines.number();
            }
        }
        return sum;
    }

    private static long limited(long value) {
        return value >= V1_UNLIMITED ? NO_LIMIT : value;
    }
}
