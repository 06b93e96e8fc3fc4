// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Segment;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.util.function.BooleanSupplier;

/**
 * Makes calls on long ranges of a live JVM, in pieces with a pause after each.
 *
 * <p>The kernel holds {@code mmap_lock} for writing while it walks a range: 42 ms per resident GiB, in which no other
 * thread can map, unmap or commit memory. Pieces alone do not help, because the caller takes the lock again before a
 * waiter wakes up; pieces with a sleep between them bound the wait. {@link ChunkSize} decides how long the pieces are.
 */
public final class ChunkedCalls {

    public static final long PAUSE_NANOS = 50_000;

    /** What is called on a range. No lambdas: this is on the way to main. */
    private enum Call {
        LOCK,
        UNLOCK,
        RELEASE
    }

    private final LibC libc;
    private final Pause pause;
    private final Progress progress;
    private final ChunkSize pieces;
    private final ChunkSize reservedPieces;
    private final ChunkSize filePieces;
    private final ChunkSize spanPieces;
    private final HeldPages held;
    private Progress.Work work;
    private boolean isLive;

    /**
     * Makes calls in pieces.
     *
     * @param pieces how long the pieces are
     * @param held what no call unlocks
     */
    public ChunkedCalls(LibC libc, Pause pause, Progress progress, ChunkSize pieces, HeldPages held) {
        this.libc = libc;
        this.pause = pause;
        this.progress = progress;
        this.pieces = pieces;
        this.reservedPieces = pieces.ofReserved();
        this.filePieces = pieces.ofFiles();
        this.spanPieces = pieces.ofSpans();
        this.held = held;
    }

    /** Returns the pages that no call unlocks. */
    public HeldPages held() {
        return held;
    }

    /**
     * Spares the application from now on. Before the application runs nobody waits for the calls, and whole ranges are
     * fastest.
     */
    public void live() {
        isLive = true;
        pieces.anew();
        reservedPieces.anew();
        filePieces.anew();
        spanPieces.anew();
    }

    /**
     * Says what the next calls are for.
     *
     * @param what for people
     * @param segments on which there will be calls
     */
    public void begin(String what, Iterable<Segment> segments) {
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
    public int lock(Segment segment) {
        return inPieces(segment, Call.LOCK, null);
    }

    /**
     * Locks a segment on-fault, or the first pieces of it.
     *
     * @param isOver asked between two pieces: whether to leave the rest
     * @return as {@link #lock(Segment)}
     */
    public int lock(Segment segment, BooleanSupplier isOver) {
        return inPieces(segment, Call.LOCK, isOver);
    }

    /**
     * Locks a span on-fault of which nearly all is locked already, or only reserved. There is a pause after a piece that was
     * work alone.
     *
     * @return as {@link #lock(Segment)}
     */
    public int lockSpan(HeldPages.Range span) {
        for (long from = span.start(); from < span.end(); ) {
            long to = Math.min(span.end(), spanPieces.end(from));
            long began = System.nanoTime();
            int errno = held.lockOnFault(from, to - from);
            if (errno != 0) {
                return errno;
            }
            long took = System.nanoTime() - began;
            spanPieces.took(took);
            if (to < span.end() && took > ChunkSize.SLOW_NANOS) {
                pause.nanos(PAUSE_NANOS);
            }
            from = to;
        }
        return 0;
    }

    /**
     * Unlocks a segment, but for the pages that are held.
     *
     * @return 0, or errno of the first piece that failed; the pieces before it are unlocked
     */
    public int unlock(Segment segment) {
        return inPieces(segment, Call.UNLOCK, null);
    }

    /**
     * Takes what is resident of a shared file out of the page tables: it stays in the page cache, and comes back at the next
     * touch.
     *
     * @return 0, or errno of the first piece that failed
     */
    public int release(Segment segment) {
        return inPieces(segment, Call.RELEASE, null);
    }

    private int inPieces(Segment segment, Call call, BooleanSupplier isOver) {
        boolean isAccessible = segment.mapping().isAccessible();
        // Each page of a file that is locked is one less the kernel can drop: that is in a hurry.
        boolean isUrgent = call != Call.LOCK && segment.mapping().isFileBacked();
        ChunkSize size = isUrgent ? filePieces : isAccessible ? pieces : reservedPieces;
        BackOff backOff = new BackOff(PAUSE_NANOS);
        long from = segment.start();
        long end = segment.end();
        while (from < end) {
            long to = isLive ? Math.min(end, size.end(from)) : end;
            long began = System.nanoTime();
            int errno = call(call, from, to - from, isAccessible);
            if (errno != 0) {
                return errno;
            }
            long took = System.nanoTime() - began;
            if (isLive) {
                size.took(took);
            }
            if (work != null && isAccessible) {
                work.done(to - from);
            }
            if (to < end) {
                pause.nanos(isUrgent ? PAUSE_NANOS : backOff.after(took, size.slowNanos()));
            }
            from = to;
            if (from < end && isOver != null && isOver.getAsBoolean()) {
                return 0;
            }
        }
        return 0;
    }

    /** Returns 0 or errno. */
    private int call(Call call, long address, long length, boolean isAccessible) {
        if (call == Call.LOCK) {
            return isAccessible ? held.lockOnFault(address, length) : held.lockReserved(address, length);
        }
        if (call == Call.UNLOCK) {
            return held.unlockOthers(address, length);
        }
        return libc.madvise(address, length, Linux.MADV_DONTNEED) == 0 ? 0 : libc.errno();
    }
}
