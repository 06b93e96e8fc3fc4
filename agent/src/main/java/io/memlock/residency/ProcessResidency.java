// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.Maps;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.cgroup.Cgroups;
import io.memlock.log.Log;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.LibC;
import io.memlock.proc.Pagemap;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** {@link Residency} of the process this runs in. Not thread-safe. */
public final class ProcessResidency implements Residency {

    private static final String LATER = "; each page comes back when it is first touched, and then stays";

    private static final String HUGETLB =
            "prefault does not populate huge pages of hugetlbfs; -XX:+AlwaysPreTouch does";

    private final LibC libc;
    private final ProcFs proc;
    private final Maps maps;
    private final Log log;
    private final Progress progress;
    private final long pageBytes;
    private final LongSupplier hugePageBytes;
    private final Prefault.Resident resident;

    /**
     * Brings pages of this process into RAM.
     *
     * @param maps of this process
     * @param hugePageBytes asked on a live JVM: how large the largest huge pages may be, 0 if there are none
     * @param resident tells what is there
     */
    public ProcessResidency(
            LibC libc,
            ProcFs proc,
            Maps maps,
            Log log,
            Progress progress,
            long pageBytes,
            LongSupplier hugePageBytes,
            Prefault.Resident resident) {
        this.libc = libc;
        this.proc = proc;
        this.maps = maps;
        this.log = log;
        this.progress = progress;
        this.pageBytes = pageBytes;
        this.hugePageBytes = hugePageBytes;
        this.resident = resident;
    }

    @Override
    public String prefault(List<Segment> segments, List<Region> regions) throws IOException {
        return refusal(prefault().run(segments, regions, resident, headroom()), segments, regions);
    }

    @Override
    public String prefaultLive(List<Segment> segments, List<Region> regions, BooleanSupplier isOver)
            throws IOException {
        return refusal(prefault().runLive(segments, regions, resident, headroom(), isOver), segments, regions);
    }

    /** Returns what was told, or else whether huge pages of hugetlbfs are not resident, on which no call is made. */
    private String refusal(String told, List<Segment> segments, List<Region> regions) {
        if (told != null) {
            return told;
        }
        for (Segment segment : segments) {
            if (segment.mapping().isHugetlb() && regions.contains(segment.region()) && isAbsent(segment)) {
                return HUGETLB;
            }
        }
        return null;
    }

    private boolean isAbsent(Segment segment) {
        Mincore pages = mincore();
        return pages == null
                ? hugetlbBytes() < segment.length() // less exact, but no call that a filter may punish
                : pages.absentBytes(segment.start(), segment.end()) > 0;
    }

    private long hugetlbBytes() {
        try {
            return proc.status(ProcFs.SELF).hugetlbBytes();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Returns what tells which pages are in RAM; null where a filter may end the process for the question. */
    private Mincore mincore() {
        return proc.isFiltered() ? null : new Mincore(libc, pageBytes);
    }

    private Prefault prefault() {
        int cpus = Runtime.getRuntime().availableProcessors();
        return new Prefault(Populator.of(libc, proc), maps, Pause.SLEEP, progress, cpus, hugePageBytes);
    }

    private Headroom headroom() {
        return Headroom.of(proc.memInfo(), new Cgroups(proc).memory(ProcFs.SELF));
    }

    @Override
    public ReadBack swapIn(List<Segment> segments, BooleanSupplier isOver) {
        SwapIn swapIn = newSwapIn();
        long inSwapBytes = bytesInSwap();
        return heapBack(swapIn, segments, inSwapBytes, isOver)
                .and(sharedBack(swapIn, segments, inSwapBytes, isOver))
                .and(ownBack(swapIn, segments, isOver));
    }

    @Override
    public ReadBack swapInPrivate(List<Segment> segments, BooleanSupplier isOver) {
        return ownBack(newSwapIn(), segments, isOver);
    }

    private SwapIn newSwapIn() {
        return new SwapIn(Populator.of(libc, proc), maps, Pause.SLEEP, progress);
    }

    private ReadBack heapBack(SwapIn swapIn, List<Segment> segments, long inSwapBytes, BooleanSupplier isOver) {
        if (inSwapBytes == 0) {
            return ReadBack.NOTHING;
        }
        ReadBack heap = swapIn.heapFile(mincore(), segments, isOver);
        // What was committed and never touched is absent, too: no more has come back than there was in swap.
        return told(Math.min(inSwapBytes, heap.broughtBytes()), heap.left(), heap.refusal());
    }

    private ReadBack sharedBack(SwapIn swapIn, List<Segment> segments, long inSwapBytes, BooleanSupplier isOver) {
        Mincore pages = inSwapBytes == 0 ? null : mincore();
        if (pages == null) {
            return ReadBack.NOTHING;
        }
        ReadBack shared = swapIn.sharedMemory(pages, segments, isOver);
        return told(Math.min(inSwapBytes, shared.broughtBytes()), shared.left(), shared.refusal()); // holes fill, too
    }

    private ReadBack ownBack(SwapIn swapIn, List<Segment> segments, BooleanSupplier isOver) {
        try {
            long swapped = swappedBytes();
            if (swapped == 0 && !mayBeMoreInSwap()) {
                return ReadBack.NOTHING;
            }
            try (Pagemap pagemap = proc.pagemap(ProcFs.SELF, pageBytes)) {
                ReadBack own = swapIn.own(pagemap, segments, swapped, isOver);
                return told(own.broughtBytes(), own.left(), own.refusal());
            }
        } catch (IOException e) {
            return told(0, segments, e.getMessage());
        }
    }

    private static ReadBack told(long broughtBytes, List<Segment> left, String refusal) {
        return new ReadBack(broughtBytes, left, refusal == null ? null : refusal + LATER);
    }

    @Override
    public void tellReadBack(long bytes) {
        log.info("read back from swap: " + Bytes.text(bytes));
    }

    @Override
    public boolean isPrivateInSwap() {
        try {
            long swapped = swappedBytes();
            return swapped > 0 || (swapped == 0 && mayBeMoreInSwap());
        } catch (IOException e) {
            return true; // nobody knows; whoever reads it back finds out, and tells
        }
    }

    private long swappedBytes() throws IOException {
        return proc.status(ProcFs.SELF).vmSwapBytes();
    }

    /**
     * Returns whether something may be in swap though VmSwap is 0. Linux 6.2 to 6.15 reads it from counters of which each CPU
     * keeps back some dozens of pages and more, so that it may be 0 where hundreds of MiB are swapped out.
     */
    private boolean mayBeMoreInSwap() {
        return isVmSwapEstimated() && bytesInSwap() > 0;
    }

    private boolean isVmSwapEstimated() {
        return proc.isKernelAtLeast(6, 2) && !proc.isKernelAtLeast(6, 16);
    }

    /** Returns how much all processes have in swap: any number, where the kernel does not tell. */
    private long bytesInSwap() {
        long used = proc.memInfo().swapUsedBytes();
        return used < 0 ? Long.MAX_VALUE : used;
    }
}
