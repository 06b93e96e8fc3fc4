// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;

/** Adds up the sizes of segments or of regions. */
final class UsageSum {

    private int mappings;
    private long reservedBytes;
    private long committedBytes;
    private long residentBytes;
    private long lockedBytes;
    private long swappedBytes;

    /** Adds a segment's mapping, reserved and committed bytes. */
    void addMapping(Segment segment) {
        mappings++;
        reservedBytes += segment.length();
        committedBytes += segment.mapping().isAccessible() ? segment.length() : 0;
    }

    /** Adds what is in RAM and in swap. */
    void addPages(long resident, long locked, long swapped) {
        residentBytes += resident;
        lockedBytes += locked;
        swappedBytes += swapped;
    }

    /** Adds all sizes of a region. */
    void add(RegionUsage usage) {
        mappings += usage.mappings();
        reservedBytes += usage.reservedBytes();
        committedBytes += usage.committedBytes();
        addPages(usage.residentBytes(), usage.lockedBytes(), usage.swappedBytes());
    }

    /**
     * Returns the sum.
     *
     * @param region whose it is; null if it is that of several
     */
    RegionUsage usage(Region region) {
        return new RegionUsage(
                region, mappings, reservedBytes, committedBytes, residentBytes, lockedBytes, swappedBytes);
    }
}
