// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.check.Answer;
import io.memlock.check.Thresholds;
import io.memlock.doctor.Doctor;
import io.memlock.doctor.Finding;
import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.LayerStatus;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionSources;
import io.memlock.proc.ProcFs;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.report.SegmentUsage;
import io.memlock.report.SmapsScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds what the page shows of one JVM. All bytes are from one scan.
 *
 * @param answer what {@code check} says of that scan; of what the agent publishes where it is not known which files are
 *     selected
 * @param selection what the agent in the JVM should lock, for people; empty if it does not publish that
 * @param selected what the scan found of the selection; null if it is not known
 * @param rows every mapping, in the order of addresses
 * @param report the same mappings, by region
 * @param layers how it is known what they are for
 * @param findings what {@code doctor} says of limits and settings, the worst first
 */
public record Snapshot(
        Jvm jvm,
        Answer answer,
        String selection,
        RegionUsage selected,
        List<SegmentUsage> rows,
        RegionReport report,
        List<LayerStatus> layers,
        List<Finding> findings) {

    /**
     * Scans a JVM once, and then examines its limits and settings.
     *
     * @throws IOException if the process is gone or cannot be read
     * @throws OptionException never: the options are the default ones
     */
    public static Snapshot of(ProcDirectory processes, Jvm jvm) throws IOException, OptionException {
        ProcFs proc = processes.files();
        String process = Long.toString(jvm.pid());
        PublishedLock published = PublishedLock.of(processes, jvm.pid());
        List<PathGlob> globs = published.selectedFiles();
        List<PathGlob> files = globs == null ? List.of() : globs;
        JvmLayout layout = JvmLayout.of(proc, process);
        long start = System.nanoTime();
        List<SegmentUsage> rows = SegmentUsage.read(proc, process, layout);
        RegionReport report = SmapsScan.report(rows, files, start);
        RegionUsage total = report.total();
        JvmMemory memory = JvmMemory.of(
                processes.status(jvm.pid()), total.residentBytes(), total.lockedBytes(), total.swappedBytes());
        RegionUsage selected = selected(published, report);
        return new Snapshot(
                jvm,
                Answer.on(jvm, memory, judged(published, selected), new Thresholds(null, null, null)),
                published.describe(),
                selected,
                rows,
                report,
                layout.layers(),
                new Doctor(proc).examine(jvm, options(published, globs)).worstFirst(false));
    }

    /**
     * Returns what the verdict goes by: where the scan could tell what is selected, what it found counts more than what the
     * agent says; elsewhere, as for {@code check}, what the agent says.
     *
     * @param selected what the scan found of the selection; null if it is not known
     */
    static PublishedLock judged(PublishedLock published, RegionUsage selected) {
        return selected == null ? published : published.measured(selected.lockedBytes(), selected.residentBytes());
    }

    /** Returns what a scan found of what the agent in the JVM should lock; null if that is not known. */
    public static RegionUsage selected(PublishedLock published, RegionReport report) {
        List<PathGlob> files = published.selectedFiles();
        return published.regions().isEmpty() || files == null ? null : report.total(published.regions(), files);
    }

    /** Returns the options that the agent in the JVM has, as far as they are known: otherwise the default ones. */
    private static AgentOptions options(PublishedLock published, List<PathGlob> files) throws OptionException {
        AgentOptions options = OptionSources.read("", null).options();
        if (published.regions().isEmpty()) {
            return options;
        }
        List<Region> regions = new ArrayList<>(published.regions());
        if (files == null) {
            regions.remove(Region.MAPPED); // some files, nobody knows which
        }
        return options.withSelection(Selection.of(regions).withFiles(files == null ? List.of() : files));
    }
}
