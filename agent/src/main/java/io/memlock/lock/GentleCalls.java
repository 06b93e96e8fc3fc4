// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import io.memlock.os.LibC;
import io.memlock.os.Linux;

/**
 * Calls on long ranges of a live JVM, in pieces with a pause after each.
 *
 * <p>The kernel holds {@code mmap_lock} for writing while it walks a range: 42 ms per resident GiB, in which no other
 * thread can map, unmap or commit memory. Pieces alone do not help, because the caller takes the lock again before a
 * waiter wakes up; pieces with a sleep between them bound the wait. How long they are {@link PieceSize} says.
 */
final class GentleCalls {

    static final long PAUSE_NANOS = 50_000;

    private final LibC libc;
    private final Pause pause;
    private final Progress progress;
    private final PieceSize pieces;
    private Progress.Work work;
    private boolean isLive;

    GentleCalls(LibC libc, Pause pause, Progress progress, PieceSize pieces) {
        this.libc = libc;
        this.pause = pause;
        this.progress = progress;
        this.pieces = pieces;
    }

    /** From now on the application runs. Before, there is nobody to wait for, and whole ranges are fastest. */
    void live() {
        isLive = true;
        pieces.anew();
    }

    /**
     * What the next calls are for.
     *
     * @param what for people
     * @param segments on which there will be calls
     */
    void begin(String what, Iterable<Segment> segments) {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.mapping().isAccessible() ? segment.length() : 0;
        }
        work = progress.beginRoutine(what, bytes);
    }

    /**
     * Locks a segment on-fault.
     *
     * @return 0, or errno of the first piece that failed; the pieces before it are locked
     */
    int lock(Segment segment) {
        return whole(segment, (address, length) -> libc.mlock2(address, length, Linux.MLOCK_ONFAULT));
    }

    /**
     * Unlocks a segment.
     *
     * @return 0, or errno of the first piece that failed; the pieces before it are unlocked
     */
    int unlock(Segment segment) {
        return whole(segment, libc::munlock);
    }

    /** What is only reserved has no pages to walk: at once, whatever its length. */
    private int whole(Segment segment, Call call) {
        if (segment.mapping().isAccessible()) {
            return inPieces(segment.start(), segment.end(), call);
        }
        return call.on(segment.start(), segment.length()) == 0 ? 0 : libc.errno();
    }

    private int inPieces(long start, long end, Call call) {
        BackOff backOff = new BackOff(PAUSE_NANOS);
        long from = start;
        while (from < end) {
            long to = isLive ? Math.min(end, pieces.end(from)) : end;
            long began = System.nanoTime();
            if (call.on(from, to - from) != 0) {
                return libc.errno();
            }
            long took = System.nanoTime() - began;
            if (isLive) {
                pieces.took(took);
            }
            if (work != null) {
                work.done(to - from);
            }
            if (to < end) {
                pause.nanos(backOff.after(took));
            }
            from = to;
        }
        return 0;
    }

    /** One libc call on a range. */
    private interface Call {
        int on(long address, long length);
    }
}
