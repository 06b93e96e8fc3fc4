// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums by region, and of the files that are chosen among those of {@link Region#MAPPED}. */
public final class RegionTotals {

    private static final int FIELDS = 6;

    private final Map<Region, long[]> sums = new EnumMap<>(Region.class);
    private final long[] chosen = new long[FIELDS];
    private final List<PathGlob> files;

    /**
     * Makes sums of nothing so far.
     *
     * @param files which are chosen
     */
    public RegionTotals(List<PathGlob> files) {
        this.files = files;
        for (Region region : Region.values()) {
            sums.put(region, new long[FIELDS]);
        }
    }

    /** Adds a segment's mapping, reserved and committed bytes: not those of our own view of the heap. */
    public void addMapping(Segment segment) {
        if (!segment.isAgentsView()) {
            add(segment, 0, 1, segment.length(), segment.mapping().isAccessible() ? segment.length() : 0);
        }
    }

    /** Adds what is in RAM and in swap of a segment. */
    public void addPages(Segment segment, long residentBytes, long lockedBytes, long swappedBytes) {
        add(segment, 3, residentBytes, lockedBytes, swappedBytes);
    }

    private void add(Segment segment, int field, long first, long second, long third) {
        add(sums.get(segment.region()), field, first, second, third);
        if (Selection.isChosen(segment, files)) {
            add(chosen, field, first, second, third);
        }
    }

    private static void add(long[] sum, int field, long first, long second, long third) {
        sum[field] += first;
        sum[field + 1] += second;
        sum[field + 2] += third;
    }

    /** Returns a row for every region, in their order. */
    public List<RegionUsage> usages() {
        List<RegionUsage> usages = new ArrayList<>();
        for (Map.Entry<Region, long[]> row : sums.entrySet()) { // no lambda, as in SegmentUsage
            usages.add(usage(row.getKey(), row.getValue()));
        }
        return usages;
    }

    /**
     * Returns what was found.
     *
     * @param takenNanos {@link System#nanoTime} when it was
     * @param tookNanos how long it took
     */
    public RegionReport report(long takenNanos, long tookNanos) {
        return new RegionReport(usages(), files, usage(Region.MAPPED, chosen), takenNanos, tookNanos);
    }

    private static RegionUsage usage(Region region, long[] sum) {
        return new RegionUsage(region, (int) sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]);
    }
}
