// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import java.util.List;

/**
 * What one scan of smaps found.
 *
 * @param regions every region, in the order of {@link Region}
 * @param takenNanos {@link System#nanoTime} when it was taken
 * @param tookNanos how long it took
 */
public record RegionReport(List<RegionUsage> regions, long takenNanos, long tookNanos) {

    /** Sum over all regions; its region is null. */
    public RegionUsage total() {
        return total(List.of(Region.values()));
    }

    /**
     * Sum over some regions.
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
