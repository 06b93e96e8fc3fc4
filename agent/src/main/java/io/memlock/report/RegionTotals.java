// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums by region. */
public final class RegionTotals {

    private static final int FIELDS = 6;

    private final Map<Region, long[]> sums = new EnumMap<>(Region.class);

    public RegionTotals() {
        for (Region region : Region.values()) {
            sums.put(region, new long[FIELDS]);
        }
    }

    /** Adds a segment's mapping, reserved and committed bytes: not those of our own view of the heap. */
    public void add(Segment segment) {
        if (segment.isAgentsView()) {
            return;
        }
        long[] sum = sums.get(segment.region());
        sum[0]++;
        sum[1] += segment.length();
        sum[2] += segment.mapping().isAccessible() ? segment.length() : 0;
    }

    /** Adds what a segment holds. */
    void addHeld(Segment segment, long residentBytes, long lockedBytes, long swappedBytes) {
        long[] sum = sums.get(segment.region());
        sum[3] += residentBytes;
        sum[4] += lockedBytes;
        sum[5] += swappedBytes;
    }

    /** Returns a row for every region, in their order. */
    public List<RegionUsage> usages() {
        List<RegionUsage> usages = new ArrayList<>();
        for (Map.Entry<Region, long[]> row : sums.entrySet()) { // no lambda, as in SmapsScan
            long[] sum = row.getValue();
            usages.add(new RegionUsage(row.getKey(), (int) sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]));
        }
        return usages;
    }
}
