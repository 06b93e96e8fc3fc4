// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.Mapping;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Segment;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsEntry;
import io.memlock.proc.SwappedBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Adds up smaps by region, exactly. Reading smaps has its price, {@link SmapsCost}: it is for small
 * processes, and for those whose operator asked. {@link GentleScan} is for the others.
 */
public final class SmapsScan {

    private final ProcFs proc;
    private final String process;
    private final JvmLayout layout;
    private final List<PathGlob> files;

    /**
     * Makes a scan of one process.
     *
     * @param proc where smaps is
     * @param process a process id, or {@code self}
     * @param layout of the same process
     * @param files which of the files it maps are chosen
     */
    public SmapsScan(ProcFs proc, String process, JvmLayout layout, List<PathGlob> files) {
        this.proc = proc;
        this.process = process;
        this.layout = layout;
        this.files = files;
    }

    /**
     * Scans the process.
     *
     * @return what each region holds now
     * @throws IOException if smaps cannot be read
     */
    public RegionReport scan() throws IOException {
        long start = System.nanoTime();
        List<SmapsEntry> entries = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        proc.smaps(
                process,
                new Consumer<>() { // no lambda: prefault scans before main, and the start line beside it
                    @Override
                    public void accept(SmapsEntry entry) {
                        entries.add(entry);
                        mappings.add(entry.mapping());
                    }
                });
        List<Segment> segments = layout.classify(mappings);
        RegionTotals totals = new RegionTotals(files);
        SwappedBytes swapped = new SwappedBytes();
        int at = 0;
        for (SmapsEntry entry : entries) {
            long swappedBytes = swapped.add(entry);
            while (at < segments.size()
                    && segments.get(at).start() < entry.mapping().end()) {
                add(totals, segments.get(at++), entry, swappedBytes);
            }
        }
        long end = System.nanoTime();
        return totals.report(end, end - start);
    }

    /** Adds a segment's share of its mapping, by length: the kernel does not tell more. */
    private static void add(RegionTotals totals, Segment segment, SmapsEntry entry, long swappedBytes) {
        totals.add(segment);
        double share = (double) segment.length() / entry.mapping().length();
        totals.addHeld(
                segment,
                Math.round(entry.residentBytes() * share),
                Math.round(entry.heldBytes() * share),
                Math.round(swappedBytes * share));
    }
}
