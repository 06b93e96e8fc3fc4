// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Selection;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;

/**
 * Adds up smaps by region, exactly. Reading smaps is expensive ({@link SmapsCost}), so it is used for small processes,
 * and where the operator asks for it. {@link GentleScan} is for the others.
 */
public final class SmapsScan {

    private SmapsScan() {}

    /**
     * Scans a process.
     *
     * @param process a process id, or {@code self}
     * @param layout of the same process
     * @param files which of the files that are mapped are chosen
     * @throws IOException if smaps cannot be read
     */
    public static RegionReport of(ProcFs proc, String process, JvmLayout layout, List<PathGlob> files)
            throws IOException {
        long start = System.nanoTime();
        return report(SegmentUsage.read(proc, process, layout), files, start);
    }

    /**
     * Scans a process for what is selected of it.
     *
     * @param process a process id, or {@code self}
     * @return the sum, whose region is null
     * @throws IOException if smaps cannot be read
     */
    public static RegionUsage selected(ProcFs proc, String process, Selection selection) throws IOException {
        return of(proc, process, JvmLayout.of(proc, process), selection.files())
                .total(selection.regions(), selection.files());
    }

    /**
     * Adds up by region what segments hold.
     *
     * @param files which of the files that are mapped are chosen
     * @param startNanos when reading them began
     */
    public static RegionReport report(List<SegmentUsage> usages, List<PathGlob> files, long startNanos) {
        RegionTotals totals = new RegionTotals(files);
        for (SegmentUsage usage : usages) {
            totals.addMapping(usage.segment());
            totals.addPages(usage.segment(), usage.residentBytes(), usage.lockedBytes(), usage.swappedBytes());
        }
        long end = System.nanoTime();
        return totals.report(end, end - startNanos);
    }
}
