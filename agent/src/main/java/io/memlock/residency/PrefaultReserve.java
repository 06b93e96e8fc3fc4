// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.state.PrefaultState;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Populates a bounded part of a growing heap ahead of its use.
 *
 * <p>Nothing tells which pages the JVM uses: a populated page looks like a used one. So the first page of each chunk is
 * left out: collectors and allocating threads write upwards, and their fault on that page shows that the chunk is in
 * use. One fault is left of those that the chunk would have taken.
 *
 * <p>G1 takes free regions for the young generation from the top and for the old one from the bottom, the generations
 * of Serial and Parallel grow upwards. So chunks are taken from both ends of what is untouched, in turn.
 *
 * <p>Not thread-safe, but for {@link #state}.
 */
public final class PrefaultReserve {

    /** What is populated and not in use, at most. */
    static final long RESERVE_BYTES = 48L << 20;

    /** The unit in which it is populated. */
    public static final long CHUNK_BYTES = 1 << 20;

    private static final int RESERVE_CHUNKS = (int) (RESERVE_BYTES / CHUNK_BYTES);

    /** Whoever wants mmap_lock waits for one piece: 32 page faults. */
    static final long PIECE_BYTES = 128 << 10;

    /** The delay before another try where there was too little room, or the kernel refused. */
    static final long RETRY_NANOS = 1_000_000_000;

    /** The delay doubles each time that one fault has populated many pages, to 18 hours. */
    private static final int MOST_OVERSHOOTS = 16;

    private static final int OVERSHOT = -1;

    private final Populator populator;
    private final Room room;
    private final Pause pause;
    private final long pageBytes;

    /** The number of the chunk that bit 0 stands for. */
    private long base;

    /** All chunks of the heap that are committed. */
    private BitSet committed = new BitSet();

    private final BitSet used = new BitSet();
    private final BitSet ready = new BitSet();
    private boolean isExhausted;

    /** How many times in a row {@link #isMorePopulated}. */
    private int overshoots;

    private long notBeforeNanos;
    private volatile PrefaultState state = PrefaultState.POPULATING;

    /**
     * Populates nothing until {@link #refill}.
     *
     * @param room asked before each refill
     * @param pause sleeps
     * @param pageBytes the page size
     */
    public PrefaultReserve(Populator populator, Room room, Pause pause, long pageBytes) {
        this.populator = populator;
        this.room = room;
        this.pause = pause;
        this.pageBytes = pageBytes;
        this.notBeforeNanos = System.nanoTime();
    }

    /** Tells how much memory may be taken. */
    public interface Room {

        /**
         * Returns how much may be taken.
         *
         * @return bytes, 0 or less if nothing
         * @throws IOException if that cannot be read
         */
        long bytes() throws IOException;
    }

    /** Tells whether a page was ever touched. */
    public interface Pages {

        /**
         * Returns whether a page is in RAM or in swap.
         *
         * @param address in the page
         * @throws IOException if the pagemap cannot be read
         */
        boolean isTouched(long address) throws IOException;
    }

    /** Looks again what is in use, after nobody has followed the heap. What was populated still counts. */
    public void resume() {
        used.clear();
        isExhausted = false;
    }

    /** Returns how far the reserve is filled. Any thread may ask. */
    public PrefaultState state() {
        return state;
    }

    /**
     * Follows the heap after it may have grown or shrunk. Only private memory counts: what is a file, as ZGC's heap, is
     * allocated when it is committed.
     *
     * @param segments all of the process
     */
    public void follow(List<Segment> segments) {
        long lowest = Long.MAX_VALUE;
        for (Segment segment : segments) {
            lowest = isCounted(segment) ? Math.min(lowest, segment.start() / CHUNK_BYTES) : lowest;
        }
        if (lowest < base || base == 0) {
            base = lowest;
            used.clear();
            ready.clear();
            committed.clear();
        }
        BitSet now = new BitSet();
        for (Segment segment : segments) {
            long first = (segment.start() + CHUNK_BYTES - 1) / CHUNK_BYTES;
            long end = segment.end() / CHUNK_BYTES;
            if (isCounted(segment) && first < end) {
                now.set((int) (first - base), (int) (end - base));
            }
        }
        isExhausted &= now.equals(committed);
        committed = now;
        used.and(now); // what was uncommitted and committed again is untouched
        ready.and(now);
    }

    private static boolean isCounted(Segment segment) {
        return segment.region() == Region.HEAP
                && segment.mapping().writable()
                && !segment.mapping().shared()
                && !segment.mapping().isFileBacked()
                && !segment.mapping().isHugetlb();
    }

    /**
     * Fills the reserve, as far as memory is left.
     *
     * @param nowNanos {@link System#nanoTime}
     * @return whether some of it has been used since the last call, or was filled up
     * @throws IOException if the pagemap or the room cannot be read
     */
    public boolean refill(Pages pages, long nowNanos) throws IOException {
        boolean isUsed = isSomeUsed(pages);
        if (isExhausted || ready.cardinality() >= RESERVE_CHUNKS) {
            state = PrefaultState.DONE;
            return isUsed;
        }
        if (nowNanos - notBeforeNanos < 0) {
            return isUsed;
        }
        long left = room.bytes();
        BitSet candidates = (BitSet) committed.clone();
        candidates.andNot(used);
        candidates.andNot(ready);
        int filled = 0;
        boolean isLowest = true;
        while (!candidates.isEmpty() && ready.cardinality() < RESERVE_CHUNKS) {
            int chunk = isLowest ? candidates.nextSetBit(0) : candidates.length() - 1;
            candidates.clear(chunk);
            if (isTouched(pages, chunk)) {
                used.set(chunk);
                continue;
            }
            int errno = left < CHUNK_BYTES ? Errno.ENOMEM : populate(pages, chunk);
            if (errno != 0) {
                state = PrefaultState.STOPPED;
                notBeforeNanos = nowNanos + (errno == OVERSHOT ? RETRY_NANOS << overshoots++ : RETRY_NANOS);
                overshoots = Math.min(MOST_OVERSHOOTS, overshoots);
                return isUsed || filled > 0;
            }
            overshoots = 0;
            ready.set(chunk);
            left -= CHUNK_BYTES;
            filled++;
            isLowest = !isLowest;
        }
        isExhausted = candidates.isEmpty();
        state = PrefaultState.DONE;
        return isUsed || filled > 0;
    }

    private boolean isSomeUsed(Pages pages) throws IOException {
        boolean isUsed = false;
        for (int chunk = ready.nextSetBit(0); chunk >= 0; chunk = ready.nextSetBit(chunk + 1)) {
            if (pages.isTouched(start(chunk))) {
                used.set(chunk);
                ready.clear(chunk);
                isUsed = true;
            } else if (!pages.isTouched(
                    start(chunk) + pageBytes)) { // uncommitted and committed again between two looks
                ready.clear(chunk);
                isExhausted = false;
            }
        }
        return isUsed;
    }

    private boolean isTouched(Pages pages, int chunk) throws IOException {
        return pages.isTouched(start(chunk)) || pages.isTouched(start(chunk) + pageBytes);
    }

    private long start(int chunk) {
        return (base + chunk) * CHUNK_BYTES;
    }

    /**
     * Returns whether more has been populated than the first piece, at both its ends. Then one fault populates many pages, as
     * when transparent huge pages have been switched on meanwhile: nothing would show what is in use, and the whole heap
     * would be populated bit by bit. Once in a while it is the application, which was faster.
     */
    private boolean isMorePopulated(Pages pages, int chunk) throws IOException {
        return pages.isTouched(start(chunk)) && pages.isTouched(start(chunk) + pageBytes + PIECE_BYTES);
    }

    /**
     * Populates a chunk without its first page. What the JVM has uncommitted meanwhile the kernel refuses, and that is all.
     *
     * @return 0, errno or {@link #OVERSHOT}
     */
    private int populate(Pages pages, int chunk) throws IOException {
        long first = start(chunk) + pageBytes;
        long end = start(chunk) + CHUNK_BYTES;
        for (long at = first; at < end; at += PIECE_BYTES) {
            long began = System.nanoTime();
            int errno = populator.populate(at, Math.min(PIECE_BYTES, end - at), true);
            long took = System.nanoTime() - began;
            if (errno == 0 && at == first && isMorePopulated(pages, chunk)) {
                return OVERSHOT;
            }
            if (errno != 0) {
                return errno;
            }
            pause.nanos(Math.max(ChunkedCalls.PAUSE_NANOS, took));
        }
        return 0;
    }
}
