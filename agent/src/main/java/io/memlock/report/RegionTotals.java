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

    private final Map<Region, UsageSum> sums = new EnumMap<>(Region.class);
    private final UsageSum chosen = new UsageSum();
    private final List<PathGlob> files;

    /**
     * Makes sums of nothing so far.
     *
     * @param files which are chosen
     */
    public RegionTotals(List<PathGlob> files) {
        this.files = files;
        for (Region region : Region.values()) {
            sums.put(region, new UsageSum());
        }
    }

    /** Adds a segment's mapping, reserved and committed bytes: not those of our own view of the heap. */
    public void addMapping(Segment segment) {
        if (!segment.isAgentsView()) {
            sums.get(segment.region()).addMapping(segment);
            if (Selection.isChosen(segment, files)) {
                chosen.addMapping(segment);
            }
        }
    }

    /** Adds what is in RAM and in swap of a segment. */
    public void addPages(Segment segment, long residentBytes, long lockedBytes, long swappedBytes) {
        sums.get(segment.region()).addPages(residentBytes, lockedBytes, swappedBytes);
        if (Selection.isChosen(segment, files)) {
            chosen.addPages(residentBytes, lockedBytes, swappedBytes);
        }
    }

    /** Returns a row for every region, in their order. */
    public List<RegionUsage> usages() {
        List<RegionUsage> usages = new ArrayList<>();
        for (Map.Entry<Region, UsageSum> row : sums.entrySet()) { // no lambda, as in SegmentUsage
            usages.add(row.getValue().usage(row.getKey()));
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
        return new RegionReport(usages(), files, chosen.usage(Region.MAPPED), takenNanos, tookNanos);
    }
}
