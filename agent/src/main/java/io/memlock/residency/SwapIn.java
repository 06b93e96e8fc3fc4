// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.memory.FilePieces;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.Pagemap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads back what was swapped out before the lock, because locking on-fault does not. It allocates no new pages: in
 * private memory it touches only pages in swap, and a heap that is a file is allocated already.
 */
public final class SwapIn {

    private final Populator populator;
    private final Pause pause;
    private final Progress progress;

    private long leftBytes;

    SwapIn(Populator populator, Pause pause, Progress progress) {
        this.populator = populator;
        this.pause = pause;
        this.progress = progress;
    }

    /**
     * Reads private memory back, gently.
     *
     * @param swappedBytes of the process, for the progress line
     * @return bytes brought back
     * @throws IOException if the pagemap cannot be read
     */
    long own(Pagemap pagemap, List<Segment> segments, long swappedBytes) throws IOException {
        Progress.Work work = progress.begin("reading back from swap", swappedBytes);
        for (Segment segment : segments) {
            if (segment.mapping().readable()) {
                pagemap.forEachSwapped(segment.start(), segment.end(), (start, end) -> bring(start, end, work));
            }
        }
        return work.doneBytes();
    }

    /**
     * Reads a heap back that is a file in memory, as ZGC's is, gently. VmSwap does not count it, and in the pagemap its
     * swapped pages look like pages never touched. Where one page is missing all are gone through: those the kernel read
     * ahead count as present, and can be dropped again.
     *
     * @return bytes brought back
     */
    long heapFile(Mincore pages, List<Segment> segments) {
        List<Segment> files = new ArrayList<>();
        FilePieces pieces = new FilePieces();
        long length = 0;
        for (Segment segment : segments) {
            if (isHeapFile(segment) && pieces.unseenBytes(segment) > 0) {
                files.add(segment);
                length += segment.length();
            }
        }
        long absent = absentBytes(pages, files);
        if (absent == 0) {
            return 0;
        }
        Progress.Work work = progress.begin("reading the heap back from swap", length);
        files.forEach(file -> bring(file.start(), file.end(), work));
        leftBytes = absentBytes(pages, files);
        return Math.max(0, absent - leftBytes);
    }

    /** Returns what of the heap is still in swap after {@link #heapFile}. */
    long leftBytes() {
        return leftBytes;
    }

    private static boolean isHeapFile(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP && mapping.writable() && mapping.isSharedFile();
    }

    private static long absentBytes(Mincore pages, List<Segment> files) {
        long absent = 0;
        for (Segment file : files) {
            absent += pages.absentBytes(file.start(), file.end());
        }
        return absent;
    }

    private void bring(long start, long end, Progress.Work work) {
        for (long at = start; at < end; at += Populator.GENTLE_PIECE_BYTES) {
            long length = Math.min(Populator.GENTLE_PIECE_BYTES, end - at);
            if (populator.populate(at, length, false) == 0) {
                work.done(length);
            }
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
        }
    }
}
