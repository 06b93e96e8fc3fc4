// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import io.memlock.log.Bytes;
import io.memlock.log.Log;
import io.memlock.proc.Pagemap;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Brings back what was swapped out before the lock came: locking on-fault does not. Only pages that are in swap are touched,
 * so nothing is allocated that was not there.
 */
final class SwapIn {

    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** At once: reading a quarter of a megabyte back takes a slow disk a few milliseconds. */
    private static final long PIECE_BYTES = 256 << 10;

    private final Populator populator;
    private final Pause pause;
    private final Log log;

    private long broughtBytes;
    private long lastProgress;

    SwapIn(Populator populator, Pause pause, Log log) {
        this.populator = populator;
        this.pause = pause;
        this.log = log;
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
        lastProgress = System.nanoTime();
        for (Segment segment : segments) {
            if (segment.mapping().readable()) {
                pagemap.forEachSwapped(segment.start(), segment.end(), (start, end) -> bring(start, end, swappedBytes));
            }
        }
        return broughtBytes;
    }

    private void bring(long start, long end, long swappedBytes) {
        for (long at = start; at < end; at += PIECE_BYTES) {
            long length = Math.min(PIECE_BYTES, end - at);
            if (populator.populate(at, length, false) == 0) {
                broughtBytes += length;
            }
            pause.nanos(GentleCalls.PAUSE_NANOS);
        }
        long now = System.nanoTime();
        if (now - lastProgress > PROGRESS_NANOS) {
            lastProgress = now;
            log.info("reading back from swap: " + Bytes.text(broughtBytes) + " of " + Bytes.text(swappedBytes));
        }
    }
}
