// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import java.util.concurrent.TimeUnit;

/**
 * Decides how long to pause after a piece of a long call.
 *
 * <p>A piece takes 0.02 ms, and no longer than {@link ChunkSize} lets it. One that takes several times as long met somebody:
 * threads that want {@code mmap_lock} as well, a host that has taken the CPU away, or in the kernel one who walks the same
 * memory (reclaim, compaction, DAMON). Each piece moves a border between two mappings, which takes the lock such a walk
 * holds (mm/vma.c, {@code vma_prepare}: anon_vma_lock_write), and whoever wants {@code mmap_lock} waits along. All of these
 * come in bursts, in which a piece and the application each make the other's wait longer: so after a slow piece the next
 * waits until the burst is likely over.
 */
final class BackOff {

    /** A piece has met somebody if it takes so many times what is slow for one. */
    static final int SLOW_FACTOR = 2;

    /** A pause is so many times as long as the slow piece took. */
    static final int FACTOR = 10;

    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** The pause that each piece adds to what may be spent on the range. Where each piece is slow, haste is what helps. */
    static final long PER_PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final long usualNanos;
    private long leftNanos = LONGEST_NANOS;

    /**
     * Makes a back-off for one range.
     *
     * @param usualNanos to pause after a piece that was not slow
     */
    BackOff(long usualNanos) {
        this.usualNanos = usualNanos;
    }

    /**
     * Returns how long to pause.
     *
     * @param tookNanos that the piece took
     * @param slowNanos after which the next piece is shorter
     * @return nanoseconds
     */
    long after(long tookNanos, long slowNanos) {
        leftNanos += PER_PIECE_NANOS;
        if (tookNanos < SLOW_FACTOR * slowNanos) {
            return usualNanos;
        }
        long pause = Math.min(leftNanos, Math.min(LONGEST_NANOS, tookNanos * FACTOR));
        leftNanos -= pause;
        return Math.max(usualNanos, pause);
    }
}
