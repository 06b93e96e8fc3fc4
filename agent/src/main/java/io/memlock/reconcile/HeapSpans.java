// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.Pause;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Locks all that the heap may grow into, without a look at what is there now: HotSpot commits memory by mapping it over
 * what it has reserved, maps nothing else there, and leaves no hole. What is locked already costs next to nothing, from
 * Linux 5.18 on.
 */
final class HeapSpans {

    /** The length of a piece: what has been touched of it since the last time is gone through in a few milliseconds. */
    static final long PIECE_BYTES = 32L << 20;

    /** The number of pieces where the heap is large. A call that finds nothing to do takes a microsecond. */
    private static final int MOST_PIECES = 128;

    /** The time from which on a piece was work, and others may want to map memory. */
    private static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final HeldPages held;
    private final OwnLocks ours;
    private final Pause pause;

    /**
     * Locks nothing yet.
     *
     * @param ours what the agent may unlock; what is locked here is added
     */
    HeapSpans(HeldPages held, OwnLocks ours, Pause pause) {
        this.held = held;
        this.ours = ours;
        this.pause = pause;
    }

    /**
     * Locks each span of segments of the heap in which all that is committed is ours by now. What is locked by the
     * application stays its own.
     *
     * @param segments every mapping as of the last look, in the order of their addresses
     */
    void lock(List<Segment> segments) {
        long start = 0;
        long end = 0;
        boolean isOurs = false;
        for (Segment segment : segments) {
            if (segment.region() != Region.HEAP) {
                continue;
            }
            if (segment.start() != end) {
                lockIf(isOurs, start, end);
                start = segment.start();
                isOurs = true;
            }
            end = segment.end();
            isOurs &= !segment.mapping().isHugetlb() && (!segment.mapping().isAccessible() || ours.contains(segment));
        }
        lockIf(isOurs, start, end);
    }

    /**
     * Returns the parts of the heap that were not there before.
     *
     * @param before segments in the order of their addresses
     * @param now segments in the order of their addresses
     */
    static List<Segment> grown(List<Segment> before, List<Segment> now) {
        List<Segment> grown = new ArrayList<>();
        int next = 0;
        for (Segment segment : now) {
            if (segment.region() != Region.HEAP) {
                continue;
            }
            long at = segment.start();
            while (next < before.size() && before.get(next).end() <= at) {
                next++;
            }
            for (int i = next; i < before.size() && before.get(i).start() < segment.end(); i++) {
                addPart(grown, segment, at, before.get(i).start());
                at = Math.max(at, before.get(i).end());
            }
            addPart(grown, segment, at, segment.end());
        }
        return grown;
    }

    private static void addPart(List<Segment> parts, Segment segment, long start, long end) {
        if (start < end) {
            parts.add(new Segment(start, end, segment.region(), segment.evidence(), segment.mapping()));
        }
    }

    private void lockIf(boolean isOurs, long start, long end) {
        if (!isOurs) {
            return;
        }
        ours.inherit(start, end); // before: it takes memory, which there may be none of
        long piece = Math.max(PIECE_BYTES, (end - start) / MOST_PIECES / PIECE_BYTES * PIECE_BYTES);
        for (long at = start; at < end; at += piece) {
            long began = System.nanoTime();
            if (held.lockOnFault(at, Math.min(piece, end - at)) != 0) {
                return; // the next pass finds out why
            }
            if (System.nanoTime() - began > SLOW_NANOS) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
    }
}
