// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.calls.LockProbe;
import io.memlock.calls.Pacer;
import io.memlock.calls.SharedMemorySwap;
import io.memlock.hotspot.JvmLayout;
import io.memlock.manners.HeapRoom;
import io.memlock.memory.Mapping;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Segment;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.Pagemap;
import io.memlock.proc.Pagemap.PageCounts;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SeenPages;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds up the pages of this process by region without keeping anybody from mapping memory for long, as smaps would
 * ({@link SmapsCost}): the pagemap is read in small pieces with pauses between them, and a probe of each mapping tells
 * whether it is locked.
 *
 * <p>How many processes share a page the pagemap does not tell. A file's page that is mapped elsewhere, too, counts half; a
 * page that a file in memory shows in several places, as ZGC's heap, counts once, but half for each place where {@link
 * FileViews} would have too many pages to remember, or the heap too little room for them. Nor does it tell of shared memory
 * which pages are in swap: they look like pages that were never used (Documentation/admin-guide/mm/pagemap.rst, "Exceptions
 * for Shared Memory"). {@link SharedMemorySwap} counts them where it can; elsewhere they count as nothing.
 */
public final class GentleScan {

    private final ProcFs proc;
    private final JvmLayout layout;
    private final LockProbe probe;
    private final SharedMemorySwap sharedSwap;
    private final Pacer pacer;
    private final long pageBytes;

    public GentleScan(
            ProcFs proc, JvmLayout layout, LockProbe probe, SharedMemorySwap sharedSwap, Pacer pacer, long pageBytes) {
        this.proc = proc;
        this.layout = layout;
        this.probe = probe;
        this.sharedSwap = sharedSwap;
        this.pacer = pacer;
        this.pageBytes = pageBytes;
    }

    /**
     * Scans this process. Not thread-safe.
     *
     * @param files which of the files that are mapped are chosen
     * @throws IOException if a file cannot be read, as the pagemap of a process that is not dumpable; this costs little
     */
    public RegionReport scan(List<PathGlob> files) throws IOException {
        long start = System.nanoTime();
        RegionTotals totals = new RegionTotals(files);
        try (Pagemap pagemap = proc.pagemap(ProcFs.SELF, pageBytes)) {
            List<Mapping> mappings = proc.mappings(ProcFs.SELF);
            Set<Mapping> locked = lockedAmong(mappings);
            List<Segment> segments = layout.classify(mappings);
            sharedSwap.begin(mappings);
            FileViews views = new FileViews(segments, pageBytes, HeapRoom.freeBytes());
            for (Segment segment : segments) {
                totals.addMapping(segment);
                if (segment.mapping().holdsMemory()) {
                    count(pagemap, segment, views, locked, totals);
                }
            }
        }
        long end = System.nanoTime();
        return totals.report(end, end - start);
    }

    /**
     * Probes all mappings before their pages are counted, which may take seconds: by then a part of one may be locked, or no
     * more.
     */
    private Set<Mapping> lockedAmong(List<Mapping> mappings) {
        Set<Mapping> locked = new HashSet<>();
        for (Mapping mapping : mappings) {
            if (mapping.holdsMemory() && (mapping.isHugetlb() || probe.isLocked(mapping.start()))) {
                locked.add(mapping);
            }
        }
        return locked;
    }

    private void count(Pagemap pagemap, Segment segment, FileViews views, Set<Mapping> locked, RegionTotals totals)
            throws IOException {
        Mapping mapping = segment.mapping();
        SeenPages seen = views.seen(segment);
        PageCounts pages;
        if (seen != null) {
            pages = pagemap.countUnseen(
                    segment.start(), segment.end(), seen, segment.fileOffset() / pageBytes, pacer::rest);
        } else if (mapping.isFileBacked()) {
            pages = pagemap.countOfFile(segment.start(), segment.end(), pacer::rest);
        } else {
            pages = pagemap.count(segment.start(), segment.end(), pacer::rest);
        }
        long resident = pages.present() * pageBytes - pages.mappedElsewhere() * pageBytes / 2;
        boolean isLocked = locked.contains(mapping);
        long swapped = pages.swapped() * pageBytes + sharedSwap.bytes(segment);
        totals.addPages(segment, resident, isLocked ? resident : 0, swapped);
    }
}
