// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.state.LockStatus;
import java.util.List;

/**
 * What one scan of smaps found.
 *
 * @param regions every region, in the order of {@link Region}
 * @param takenNanos {@link System#nanoTime} when it was taken
 * @param tookNanos how long it took
 */
public record RegionReport(List<RegionUsage> regions, long takenNanos, long tookNanos) {

    /**
     * Returns what is locked of what is selected, and what is left out.
     *
     * @return for example {@code locked 30 MiB of 30 MiB resident (mode=all,exclude=mapped, on-fault, future), excluded: 2
     *     MiB of mapped}
     */
    public String describe(LockStatus status) {
        RegionUsage selected = total(status.regions());
        long excluded = total(status.asked().excluded()).residentBytes();
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

    /** Returns sum over all regions; its region is null. */
    public RegionUsage total() {
        return total(List.of(Region.values()));
    }

    /**
     * Returns sum over some regions.
     *
     * @param of which regions
     * @return the region of the sum is null
     */
    public RegionUsage total(List<Region> of) {
        int mappings = 0;
        long reserved = 0;
        long committed = 0;
        long resident = 0;
        long locked = 0;
        long swapped = 0;
        for (RegionUsage usage : regions) {
            if (of.contains(usage.region())) {
                mappings += usage.mappings();
                reserved += usage.reservedBytes();
                committed += usage.committedBytes();
                resident += usage.residentBytes();
                locked += usage.lockedBytes();
                swapped += usage.swappedBytes();
            }
        }
        return new RegionUsage(null, mappings, reserved, committed, resident, locked, swapped);
    }
}
