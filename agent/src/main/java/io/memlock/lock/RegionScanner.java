// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.proc.Mapping;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up smaps by region. Reading smaps walks page tables, 9 ms for each resident GiB during which memory cannot be mapped,
 * so scans are rare and never on a path somebody waits for.
 */
public final class RegionScanner {

    private final ProcFs proc;
    private final String process;
    private final JvmLayout layout;

    /**
     * A scanner.
     *
     * @param proc where smaps is
     * @param process a process id, or {@code self}
     * @param layout of the same process
     */
    public RegionScanner(ProcFs proc, String process, JvmLayout layout) {
        this.proc = proc;
        this.process = process;
        this.layout = layout;
    }

    /**
     * Reads smaps.
     *
     * @return what it says
     * @throws IOException if it cannot be read
     */
    public RegionReport scan() throws IOException {
        long start = System.nanoTime();
        List<SmapsEntry> entries = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        proc.smaps(process, entry -> {
            entries.add(entry);
            mappings.add(entry.mapping());
        });
        List<Segment> segments = layout.classify(mappings);
        if (layout.askJvm(start)) {
            segments = layout.classify(mappings);
        }
        Totals totals = new Totals();
        int at = 0;
        for (SmapsEntry entry : entries) {
            while (at < segments.size()
                    && segments.get(at).start() < entry.mapping().end()) {
                totals.add(segments.get(at++), entry);
            }
        }
        long end = System.nanoTime();
        return new RegionReport(totals.usages(), end, end - start);
    }

    /** Sums by region. A mapping cut into segments is shared out by length: the kernel does not tell more. */
    private static final class Totals {

        private static final int FIELDS = 6;
        private final Map<Region, long[]> sums = new EnumMap<>(Region.class);

        Totals() {
            for (Region region : Region.values()) {
                sums.put(region, new long[FIELDS]);
            }
        }

        void add(Segment segment, SmapsEntry entry) {
            long[] sum = sums.get(segment.region());
            double share = (double) segment.length() / entry.mapping().length();
            sum[0]++;
            sum[1] += segment.length();
            sum[2] += entry.mapping().isAccessible() ? segment.length() : 0;
            if (entry.special()) {
                return; // the kernel's own and device memory: never locked, and never swapped either
            }
            sum[3] += Math.round(entry.pssBytes() * share);
            sum[4] += Math.round(entry.lockedBytes() * share);
            sum[5] += Math.round(entry.swapPssBytes() * share);
        }

        List<RegionUsage> usages() {
            List<RegionUsage> usages = new ArrayList<>();
            sums.forEach((region, sum) ->
                    usages.add(new RegionUsage(region, (int) sum[0], sum[1], sum[2], sum[3], sum[4], sum[5])));
            return usages;
        }
    }
}
