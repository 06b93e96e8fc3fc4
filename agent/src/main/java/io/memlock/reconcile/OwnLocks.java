// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Segment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Remembers what the agent locked and may therefore unlock. HotSpot and the kernel move the ends of mappings and cut
 * pieces out of them. So a mapping that begins inside one that the agent locked counts as the agent's, and so does a
 * stack that has grown. The kernel also joins what the agent locked with pages before it that a handle of the application
 * holds. Of such a mapping, what comes before the agent's is the application's.
 *
 * <p>Not thread-safe.
 */
final class OwnLocks {

    private TreeMap<Long, Long> endByStart = new TreeMap<>();

    boolean isEmpty() {
        return endByStart.isEmpty();
    }

    boolean contains(Segment segment) {
        return partOf(segment) != null;
    }

    /**
     * Returns the part of a segment that is ours.
     *
     * @return from where it is ours to its end; null if none of it is
     */
    Segment partOf(Segment segment) {
        Map.Entry<Long, Long> before = endByStart.floorEntry(segment.start());
        if ((before != null && (before.getKey() == segment.start() || segment.start() < before.getValue()))
                || (segment.mapping().isFirstStack() && holdsEndOf(segment))) {
            return segment;
        }
        Long first = endByStart.higherKey(segment.start());
        return first != null && first < segment.end() ? segment.from(first) : null;
    }

    private boolean holdsEndOf(Segment stack) {
        Map.Entry<Long, Long> last = endByStart.lowerEntry(stack.end());
        return last != null && last.getValue() == stack.end();
    }

    void add(Segment segment) {
        endByStart.put(segment.start(), segment.end());
    }

    /** Adds what was locked for somebody else before and is ours now: it may lie across what is ours already. */
    void inherit(long start, long end) {
        Map.Entry<Long, Long> before = endByStart.floorEntry(start);
        if (before != null && before.getValue() >= end) {
            return;
        }
        Map.Entry<Long, Long> last = endByStart.lowerEntry(end);
        long covered = last == null ? end : Math.max(end, last.getValue());
        endByStart.put(start, covered); // first: it takes memory, which there may be none of
        endByStart.subMap(start, false, end, false).clear();
    }

    void remove(Segment segment) {
        endByStart.remove(segment.start());
    }

    /** Forgets all that is not locked any more, and where the rest was before. */
    void retain(List<Segment> stillLocked) {
        TreeMap<Long, Long> retained = new TreeMap<>();
        for (Segment segment : stillLocked) {
            Segment part = partOf(segment);
            if (part != null) {
                retained.put(part.start(), part.end());
            }
        }
        endByStart = retained;
    }

    /** Makes all of these ours, and nothing else: new mappings are or were born locked, by our doing. */
    void adopt(List<Segment> locked) {
        endByStart = new TreeMap<>();
        for (Segment segment : locked) {
            add(segment);
        }
    }
}
