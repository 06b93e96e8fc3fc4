// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.proc.MemInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Reads the memory cgroup of a process and all its visible ancestors: the tightest limit on the way up applies. Limits
 * are read at each call.
 *
 * @param directory of the process's own cgroup, null where there is none, "" where that is not known
 * @param levels own cgroup first; none where no memory hierarchy is mounted; where the place of the own is not known,
 *     those that can be seen all the same
 */
public record CgroupHierarchy(String directory, List<CgroupLevel> levels) {

    /** A hierarchy of which neither the place nor the limits can be read. */
    public static final CgroupHierarchy UNKNOWN = new CgroupHierarchy("", List.of());

    /** Where no process is in a memory cgroup. */
    static final CgroupHierarchy NONE = new CgroupHierarchy(null, List.of());

    /** Returns a hierarchy of which only levels above the process's own can be read, if any. */
    static CgroupHierarchy unknownBelow(List<CgroupLevel> levels) {
        return new CgroupHierarchy(UNKNOWN.directory, levels);
    }

    /** Returns whether it could be read. If not, there may be tighter limits than those told here. */
    public boolean isKnown() {
        return directory == null || !directory.isEmpty();
    }

    /**
     * Returns whether there are cgroups above all that can be seen, and nothing tells their limits, as in a container with
     * version 2.
     */
    public boolean isPartlyHidden() {
        return !levels.isEmpty() && levels.get(levels.size() - 1).isBelowAHiddenOne();
    }

    public CgroupHierarchy {
        levels = List.copyOf(levels);
    }

    /** Returns the tightest memory limit in bytes, -1 = unlimited. */
    public long limitBytes() {
        return tightest(CgroupLevel.NO_LIMIT, CgroupLevel::limitBytes);
    }

    /** Returns the tightest memory.high in bytes, -1 = none. */
    public long highBytes() {
        return tightest(CgroupLevel.NO_LIMIT, CgroupLevel::highBytes);
    }

    /**
     * Returns how many bytes the kernel protects from being reclaimed for others: what was asked for, at most what each cgroup
     * above grants; 0 = none, -1 = all.
     *
     * @param name {@code memory.min} or {@code memory.low}
     */
    public long protectionBytes(String name) {
        return tightest(ownProtectionBytes(name), level -> level.protectionBytes(name));
    }

    /** Returns how many bytes were asked for, as {@link #protectionBytes}, in the process's own cgroup. */
    public long ownProtectionBytes(String name) {
        return levels.isEmpty() || !levels.get(0).has(name) ? 0 : levels.get(0).protectionBytes(name);
    }

    /**
     * Returns the tightest limit of what can be swapped out in bytes, -1 = unlimited; 0 means that nothing can be swapped out.
     * Version 1 has none: it limits memory and swap together.
     */
    public long swapLimitBytes() {
        return tightest(
                CgroupLevel.NO_LIMIT, level -> level.version() == 2 ? level.swapLimitBytes() : CgroupLevel.NO_LIMIT);
    }

    /** Returns how much is in swap of all that is in the process's own cgroup, at most; -1 if nothing tells. */
    long swapUsedBytes(MemInfo host) {
        boolean isOwn = isKnown() && !levels.isEmpty();
        return CgroupLevel.tighter(host.swapUsedBytes(), isOwn ? levels.get(0).swapUsageBytes() : CgroupLevel.NO_LIMIT);
    }

    /**
     * Returns whether to swap out makes no room below the process's own limit, because in version 1 the limit of memory and
     * swap together is the same. When a cgroup above or the host is short of memory the kernel swaps all the same.
     */
    public boolean isSwapOfNoUseForOwnLimit() {
        return !levels.isEmpty()
                && levels.get(0).version() == 1
                && levels.get(0).swapLimitBytes() == 0;
    }

    /**
     * Returns whether the kernel swaps nothing out of the process when a cgroup's limit is reached, because its swappiness is
     * 0: the OOM killer comes instead.
     */
    public boolean isNeverSwappedForALimit() {
        return !levels.isEmpty() && levels.get(0).isNeverSwappedForALimit();
    }

    private long tightest(long atMost, ToLongFunction<CgroupLevel> ofLevel) {
        long tightest = atMost;
        for (CgroupLevel level : levels) {
            tightest = CgroupLevel.tighter(tightest, ofLevel.applyAsLong(level));
        }
        return tightest;
    }

    /**
     * Returns how much more memory a process could keep from being reclaimed before the kernel would have to kill: the
     * least of what is left here, in each visible cgroup above, and on the host. Page cache that is not locked counts as
     * free, because the kernel drops it first.
     *
     * @return bytes, {@link RoomSource#UNBOUNDED} if neither the host nor a cgroup tells, {@link RoomSource#UNKNOWN} if there
     *     is a cgroup that cannot be read
     */
    public long freeBytes(MemInfo host) {
        if (!isKnown()) {
            return RoomSource.UNKNOWN;
        }
        long available = host.availableBytes();
        return Math.min(
                available < 0 ? RoomSource.UNBOUNDED : available, // hidden, as with /proc mounted subset=pid
                leastFreeBytes());
    }

    /** Returns the least of what each visible cgroup allows still; {@link RoomSource#UNBOUNDED} if none of them tells. */
    private long leastFreeBytes() {
        long free = RoomSource.UNBOUNDED;
        for (CgroupLevel level : levels) {
            if (level.isFreeOfLimitsFromHereUp()) {
                break;
            }
            free = Math.min(free, level.freeBytes());
        }
        return free;
    }

    /**
     * Returns how near the OOM killer is in each visible cgroup that has a limit, and on the host.
     *
     * <p>What fits into swap is the least of what the swap areas have left and, in version 2, of what is left in the cgroup
     * that the memory belongs to and in each above it, whichever of them is short of memory
     * ({@code mem_cgroup_get_nr_swap_pages} in mm/memcontrol.c). So the process may have no swap where its neighbours have
     * some. With a swappiness of 0 swap is of use to the host only. Where nothing tells of the swap areas, there may be some.
     */
    List<OomMargin> oomMargins(MemInfo host, long heapToComeBytes) {
        int last = levels.size();
        CgroupLevel[] measured = new CgroupLevel[last];
        long[] swapLeft = new long[last + 1]; // of each level's memory, the host's last
        swapLeft[last] = host.swapFreeBytes() < 0 ? RoomSource.UNBOUNDED : host.swapFreeBytes();
        for (int i = last - 1; i >= 0; i--) {
            measured[i] = levels.get(i).measured();
            boolean isNone = swapLeft[i + 1] == 0; // most hosts have no swap: nothing is read then
            swapLeft[i] = isNone ? 0 : Math.min(swapLeft[i + 1], measured[i].swapLeftBytes());
        }
        boolean isKilled = last > 0 && swapLeft[last] > 0 && measured[0].isNeverSwappedForALimit();
        List<OomMargin> margins = new ArrayList<>();
        for (int i = 0; i < last; i++) {
            OomMargin margin =
                    measured[i].oomMargin(isKilled ? 0 : swapLeft[i], isKilled ? 0 : swapLeft[0], heapToComeBytes);
            if (margin != null) {
                margins.add(margin);
            }
        }
        if (host.totalBytes() >= 0 && host.availableBytes() >= 0 && host.anonymousBytes() >= 0) {
            margins.add(new OomMargin(
                    host.availableBytes(),
                    host.anonymousBytes(),
                    swapLeft[last],
                    swapLeft[0],
                    host.totalBytes(),
                    heapToComeBytes,
                    "the host has"));
        }
        return margins;
    }

    /**
     * Returns the bytes until the first memory limit or memory.high on the way up is reached, -1 = no limit. Page cache that
     * is not locked counts as free, as in {@link #freeBytes}. Beyond memory.high the kernel makes each thread that allocates
     * wait, and locked memory cannot be reclaimed to end that. The usage of hidden levels is not known, so less may be left.
     */
    public long headroomBytes() {
        long headroom = leastFreeBytes();
        return headroom == RoomSource.UNBOUNDED ? CgroupLevel.NO_LIMIT : headroom;
    }
}
