// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Bytes;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.state.LockStatus;
import java.util.List;

/**
 * Holds what one scan found of every region: a {@link SmapsScan} or a {@link GentleScan}.
 *
 * @param regions every region, in the order of {@link Region}
 * @param files which files of {@link Region#MAPPED} were chosen; none if not some of them are
 * @param chosen what these hold
 * @param takenNanos {@link System#nanoTime} when it was taken
 * @param tookNanos how long it took
 */
public record RegionReport(
        List<RegionUsage> regions, List<PathGlob> files, RegionUsage chosen, long takenNanos, long tookNanos) {

    /** Returns when it was begun, a {@link System#nanoTime}: what changed after that it may have missed. */
    public long begunNanos() {
        return takenNanos - tookNanos;
    }

    /** Returns how old it is, in milliseconds. */
    public long ageMillis(long nowNanos) {
        return (nowNanos - takenNanos) / 1_000_000;
    }

    /**
     * Returns what is locked of what is selected, and what is left out.
     *
     * @return for example {@code locked 30 MiB of 30 MiB resident (mode=all,exclude=mapped, on-fault, future), excluded: 2
     *     MiB of mapped}
     */
    public String describe(LockStatus status) {
        RegionUsage selected = selected(status);
        long excluded = total(status.asked().excluded()).residentBytes();
        excluded -= hasChosen(status.asked().files()) ? chosen.residentBytes() : 0;
        return describe(selected.lockedBytes(), selected.residentBytes(), status)
                + (excluded == 0
                        ? ""
                        : ", excluded: " + Bytes.text(excluded) + " of "
                                + Region.joined(status.asked().excluded()));
    }

    /** Returns what is locked of what is resident. */
    public static String describe(long lockedBytes, long residentBytes, LockStatus status) {
        return "locked " + Bytes.text(lockedBytes) + " of " + Bytes.text(residentBytes) + " resident ("
                + status.describe() + ")";
    }

    /** Returns the sum over what is to be locked. */
    public RegionUsage selected(LockStatus status) {
        return total(status.regions(), status.asked().files());
    }

    /** Returns what the files chosen by name hold, as far as they are to be locked; nothing where none were chosen. */
    RegionUsage chosen(LockStatus status) {
        boolean isWanted = status.regions().contains(Region.MAPPED)
                && hasChosen(status.asked().files());
        return isWanted ? chosen : new RegionUsage(Region.MAPPED, 0, 0, 0, 0, 0, 0);
    }

    private boolean hasChosen(List<PathGlob> wanted) {
        return !wanted.isEmpty() && wanted.equals(files);
    }

    /** Returns the sum over all regions; its region is null. */
    public RegionUsage total() {
        return total(List.of(Region.values()));
    }

    /**
     * Returns the sum over some regions.
     *
     * @return the region of the sum is null
     */
    public RegionUsage total(List<Region> of) {
        return total(of, List.of());
    }

    /**
     * Returns the sum over some regions. Of a scan that was of other files nobody knows what these hold: then all of {@link
     * Region#MAPPED} counts, and what should be locked of it is not shown as locked.
     *
     * @param wanted if not empty, of {@link Region#MAPPED} only these files
     * @return the region of the sum is null
     */
    public RegionUsage total(List<Region> of, List<PathGlob> wanted) {
        UsageSum sum = new UsageSum();
        for (RegionUsage each : regions) {
            RegionUsage usage = each.region() == Region.MAPPED && hasChosen(wanted) ? chosen : each;
            if (of.contains(usage.region())) {
                sum.add(usage);
            }
        }
        return sum.usage(null);
    }
}
