// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.manners.RetryPause;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides when to look for metaspace: once, and again when unclaimed memory has appeared that could be metaspace, or when
 * the last look failed for lack of memory. After looks in vain it looks less and less often.
 */
final class UnclaimedMemory {

    private static final long SHORTEST_PAUSE_NANOS = 10_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    /** A pause is so many times what a look takes, where that is longer: some 0.1 s among 20,000 classes. */
    private static final int REST = 100;

    /** The longest of these pauses: the whole JVM may have stood still in that look. */
    private static final long LONGEST_REST_NANOS = 600_000_000_000L;

    private final long leastBytes;
    private final RetryPause retry = new RetryPause();

    /** The runs of memory that were there at the last look, end by start; null before. */
    private Map<Long, Long> seen;

    /** Whether the last look failed, but need not next time. */
    private boolean isToRepeat;

    private long lookNanos;
    private long pauseNanos = SHORTEST_PAUSE_NANOS;

    /**
     * Creates the watch.
     *
     * @param leastBytes a smaller run of memory is not metaspace
     */
    UnclaimedMemory(long leastBytes) {
        this.leastBytes = leastBytes;
    }

    /**
     * Returns whether a look is due, and takes it as done if so.
     *
     * @param segments what is known about all mappings
     */
    boolean isLookDue(List<Segment> segments, long nowNanos) {
        Map<Long, Long> candidates = candidates(segments);
        if (seen != null) {
            boolean isReason =
                    isToRepeat ? retry.isOver(nowNanos) : !seen.entrySet().containsAll(candidates.entrySet());
            if (!isReason || nowNanos - lookNanos < pauseNanos) {
                return false;
            }
        }
        seen = candidates;
        isToRepeat = false;
        lookNanos = nowNanos;
        return true;
    }

    /** Has the look that was due last repeated after a pause, whatever appears, if it failed for lack of memory. */
    void failed(Throwable failure) {
        if (RetryPause.isWorthwhileAfter(failure)) {
            isToRepeat = true;
            retry.begin(lookNanos);
        }
    }

    /**
     * Settles when the next look may be: as soon as the first ones if this one found something new.
     *
     * @param tookNanos of the look, 0 if it was too short to matter
     */
    void looked(boolean hasFoundNew, long tookNanos) {
        if (!isToRepeat) {
            retry.end();
        }
        long pause = hasFoundNew ? SHORTEST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        pauseNanos = Math.max(pause, Math.min(REST * tookNanos, LONGEST_REST_NANOS));
    }

    /** Returns the runs of unclaimed anonymous memory that are long enough and partly committed. */
    private Map<Long, Long> candidates(List<Segment> segments) {
        Map<Long, Long> candidates = new HashMap<>();
        long start = 0;
        long end = 0;
        boolean isCommitted = false;
        for (Segment segment : segments) {
            if (isUnclaimed(segment)) {
                if (segment.start() != end) {
                    start = segment.start();
                    isCommitted = false;
                }
                end = segment.end();
                isCommitted |= segment.mapping().writable();
                if (isCommitted && end - start >= leastBytes) {
                    candidates.put(start, end); // for now: the run may go on
                }
            }
        }
        return candidates;
    }

    private static boolean isUnclaimed(Segment segment) {
        Mapping mapping = segment.mapping();
        boolean unclaimed = segment.evidence() == Evidence.NONE || segment.evidence() == Evidence.MALLOC_LAYOUT;
        return unclaimed && !mapping.shared() && !mapping.executable();
    }
}
