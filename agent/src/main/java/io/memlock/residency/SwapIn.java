// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.Maps;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.memory.Backing;
import io.memlock.memory.Bytes;
import io.memlock.memory.FilePieces;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.proc.Pagemap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reads back what was swapped out before the lock, because locking on-fault does not. It allocates no new pages: in
 * private memory it touches only pages in swap, and a heap that is a file is allocated already.
 */
public final class SwapIn {

    /** What is gone through between two questions whether to stop, where nothing is in swap: 64 MiB. */
    private static final long WINDOW_BYTES = 64L << 20;

    /** How often shared memory is gone through at most. */
    private static final int MOST_ROUNDS = 16;

    /** The time in which a slow disk has read something. */
    private static final long SLOW_READ_NANOS = 100_000_000;

    private final RetryingPopulator populator;
    private final Pause pause;
    private final Progress progress;

    SwapIn(Populator populator, Maps maps, Pause pause, Progress progress) {
        this.populator = new RetryingPopulator(populator, maps, pause);
        this.pause = pause;
        this.progress = progress;
    }

    /**
     * Reads private memory back, gently.
     *
     * @param swappedBytes of the process, for the progress line
     * @param isOver asked after each piece: whether to stop
     * @throws IOException if the pagemap cannot be read
     */
    ReadBack own(Pagemap pagemap, List<Segment> segments, long swappedBytes, BooleanSupplier isOver)
            throws IOException {
        Progress.Work work = progress.begin("reading back from swap", swappedBytes);
        Until until = new Until(isOver);
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (!segment.mapping().readable()) {
                continue;
            }
            for (long at = segment.start(); at < segment.end(); at += WINDOW_BYTES) {
                long end = Math.min(segment.end(), at + WINDOW_BYTES);
                pagemap.forEachSwapped(at, end, (from, to) -> bring(from, to, work, until));
                if (until.stopsAt(end)) {
                    return ownBack(work, segments, from(segments, i, until.stoppedAt), isOver);
                }
            }
        }
        return ownBack(work, segments, List.of(), isOver);
    }

    /** Returns what became of private memory. Where there is no time to try again what was refused, that is left, too. */
    private ReadBack ownBack(Progress.Work work, List<Segment> segments, List<Segment> left, BooleanSupplier isOver) {
        String failure = failure(isOver);
        Prefault.Piece untried = populator.firstUntried();
        for (int i = 0; untried != null && i < segments.size(); i++) {
            if (segments.get(i).start() <= untried.start()
                    && untried.start() < segments.get(i).end()) {
                return new ReadBack(work.doneBytes(), from(segments, i, untried.start()), failure);
            }
        }
        return new ReadBack(work.doneBytes(), left, failure);
    }

    /** Returns the rest of some segments, from an address in one of them on. */
    private static List<Segment> from(List<Segment> segments, int index, long address) {
        List<Segment> rest = new ArrayList<>(segments.subList(index + 1, segments.size()));
        if (address < segments.get(index).end()) {
            rest.add(0, segments.get(index).from(address));
        }
        return rest;
    }

    private String failure(BooleanSupplier isOver) {
        populator.tryAgain(isOver);
        int errno = populator.errno();
        return errno == 0
                ? null
                : Bytes.text(populator.refusedBytes()) + ": the kernel answered " + Errno.describe(errno);
    }

    /**
     * Reads a heap back that is a file in memory, as ZGC's is, gently. VmSwap does not count it, and in the pagemap its
     * swapped pages look like pages never touched. Where one page is missing all are gone through: those the kernel read
     * ahead count as present, and can be dropped again.
     *
     * @param pages null where nobody may ask: then all are gone through, and how much came back is not known
     * @param isOver asked after each piece: whether to stop
     */
    ReadBack heapFile(Mincore pages, List<Segment> segments, BooleanSupplier isOver) {
        List<Segment> files = new ArrayList<>();
        FilePieces pieces = new FilePieces();
        long length = 0;
        for (Segment segment : segments) {
            if (isHeapFile(segment) && pieces.unseenBytes(segment) > 0) {
                files.add(segment);
                length += segment.length();
            }
        }
        long absent = pages == null ? length : absentBytes(pages, files);
        if (absent == 0) {
            return ReadBack.NOTHING;
        }
        Progress.Work work = progress.begin("reading the heap back from swap", length);
        Until until = new Until(isOver);
        files.forEach(file -> bring(file.start(), file.end(), work, until));
        if (pages == null) {
            return new ReadBack(0, List.of(), failure(isOver));
        }
        long leftBytes = absentBytes(pages, files);
        return new ReadBack(
                Math.max(0, absent - leftBytes),
                List.of(),
                leftBytes == 0 ? null : Bytes.text(leftBytes) + " of the heap");
    }

    /**
     * Reads shared memory of the application back, gently. It may have holes, which populating would fill, and no call tells
     * them from pages in swap. So the kernel is told to read ahead, which leaves holes alone, and only what is in RAM then is
     * faulted in. It reads without waiting: all is gone through again until no more has come. Where one page is missing all are
     * gone through, as {@link #heapFile} does.
     *
     * @param isOver asked after each piece: whether to stop
     */
    ReadBack sharedMemory(Mincore pages, List<Segment> segments, BooleanSupplier isOver) {
        List<Segment> files = new ArrayList<>();
        for (Segment segment : segments) {
            Mapping mapping = segment.mapping();
            if (segment.region() == Region.SHM
                    && mapping.isSharedFile()
                    && mapping.backing() == Backing.MEMORY
                    && pages.absentBytes(segment.start(), segment.end()) > 0) {
                files.add(segment);
            }
        }
        long left = absentBytes(pages, files);
        Progress.Work work = progress.begin("reading shared memory back from swap", left);
        Until until = new Until(isOver);
        long before = Long.MAX_VALUE;
        for (int round = 0; left > 0 && round < MOST_ROUNDS && left < before && !until.isStopped; round++) {
            for (Segment file : files) {
                for (long at = file.start(); at < file.end() && !until.isStopped; at += Populator.GENTLE_PIECE_BYTES) {
                    bringPresent(pages, at, Math.min(file.end(), at + Populator.GENTLE_PIECE_BYTES));
                    until.stopsAt(at);
                }
            }
            pause.nanos(SLOW_READ_NANOS);
            before = left;
            left = absentBytes(pages, files);
            work.done(Math.max(0, before - left));
        }
        return new ReadBack(work.doneBytes(), List.of(), failure(isOver));
    }

    private void bringPresent(Mincore pages, long start, long end) {
        populator.readAhead(start, end - start);
        long to;
        for (long at = pages.first(true, start, end); at < end; at = pages.first(true, to, end)) {
            to = pages.first(false, at, end);
            if (to == at) { // the kernel has ceased to tell
                return;
            }
            populator.populate(at, to - at, false);
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
        }
    }

    /** Returns whether a heap is a file in memory. One on a disk is never in swap, and reading it would allocate all of it. */
    private static boolean isHeapFile(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP
                && mapping.writable()
                && mapping.isSharedFile()
                && (mapping.backing() == Backing.MEMORY || segment.isRemappedHeap());
    }

    private static long absentBytes(Mincore pages, List<Segment> files) {
        long absent = 0;
        for (Segment file : files) {
            absent += pages.absentBytes(file.start(), file.end());
        }
        return absent;
    }

    private void bring(long start, long end, Progress.Work work, Until until) {
        for (long at = start; at < end && !until.isStopped; at += Populator.GENTLE_PIECE_BYTES) {
            long length = Math.min(Populator.GENTLE_PIECE_BYTES, end - at);
            if (populator.populate(at, length, false)) {
                work.done(length);
            }
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
            until.stopsAt(at + length);
        }
    }

    /** Remembers where it was time to stop. */
    private static final class Until {
        private final BooleanSupplier isOver;
        private boolean isStopped;
        private long stoppedAt;

        Until(BooleanSupplier isOver) {
            this.isOver = isOver;
        }

        /**
         * Returns whether it is time, or was before.
         *
         * @param reached up to which address all is done
         */
        boolean stopsAt(long reached) {
            if (!isStopped && isOver.getAsBoolean()) {
                isStopped = true;
                stoppedAt = reached;
            }
            return isStopped;
        }
    }
}
