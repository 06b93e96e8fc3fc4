// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import io.memlock.proc.Pagemap;
import java.io.IOException;
import java.util.List;

/**
 * Brings back what was swapped out before the lock came: locking on-fault does not. Only pages that are in swap are touched,
 * so nothing is allocated that was not there.
 */
final class SwapIn {

    /** At once: reading a quarter of a megabyte back takes a slow disk a few milliseconds. */
    private static final long PIECE_BYTES = 256 << 10;

    private final Populator populator;
    private final Pause pause;
    private final Progress progress;

    private long broughtBytes;

    SwapIn(Populator populator, Pause pause, Progress progress) {
        this.populator = populator;
        this.pause = pause;
        this.progress = progress;
    }

    /**
     * Reads swapped pages back, gently.
     *
     * @param pagemap of this process
     * @param segments what is locked
     * @param swappedBytes of the process, for the progress line
     * @return bytes brought back
     * @throws IOException if the pagemap cannot be read
     */
    long run(Pagemap pagemap, List<Segment> segments, long swappedBytes) throws IOException {
        broughtBytes = 0;
        Progress.Work work = progress.begin("reading back from swap", swappedBytes);
        for (Segment segment : segments) {
            if (segment.mapping().readable()) {
                pagemap.forEachSwapped(segment.start(), segment.end(), (start, end) -> bring(start, end, work));
            }
        }
        return broughtBytes;
    }

    private void bring(long start, long end, Progress.Work work) {
        for (long at = start; at < end; at += PIECE_BYTES) {
            long length = Math.min(PIECE_BYTES, end - at);
            if (populator.populate(at, length, false) == 0) {
                broughtBytes += length;
                work.done(length);
            }
            pause.nanos(GentleCalls.PAUSE_NANOS);
        }
    }
}
