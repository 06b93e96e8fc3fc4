// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.PathGlob;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;

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

    public RegionReport scan() throws IOException {
        long start = System.nanoTime();
        return report(SegmentUsage.read(proc, process, layout), files, start);
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
            totals.add(usage.segment());
            totals.addHeld(usage.segment(), usage.residentBytes(), usage.lockedBytes(), usage.swappedBytes());
        }
        long end = System.nanoTime();
        return totals.report(end, end - startNanos);
    }
}
