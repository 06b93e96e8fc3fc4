// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.calls.HeldPages.Range;
import io.memlock.calls.LockAllWitness;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks all that the heap may grow into, without a look at what is there now: HotSpot commits memory by mapping it over
 * what it has reserved, maps nothing else there, and leaves no hole. What is locked already costs next to nothing, from
 * Linux 5.18 on.
 *
 * <p>A call makes on-fault what was locked otherwise, and then nothing tells any more that the application did that. It
 * locks the heap only with all else, by {@code mlockall}: once it has, the heap is left to the passes, which lock
 * nothing but what is unlocked.
 */
final class HeapSpans {

    private final Repair.Tools tools;
    private final LockAllWitness witness;

    /** Whether the application had locked the heap when the witness began. */
    private boolean isApplications;

    /** Locks nothing yet. */
    HeapSpans(Repair.Tools tools) {
        this.tools = tools;
        this.witness = tools.probe().newLockAllWitness();
    }

    /**
     * Locks each span of segments of the heap in which all that is committed is ours by now.
     *
     * @param segments every mapping as of the last look, in the order of their addresses
     * @return whether it was done, as far as the kernel did it: the next pass finds out
     */
    boolean lock(List<Segment> segments) {
        if (!mayBeLocked(segments)) {
            return false;
        }
        for (Range span : ours(segments)) {
            tools.ours().inherit(span.start(), span.end()); // before: it takes memory, which there may be none of
            tools.calls().lockSpan(span);
        }
        return true;
    }

    private boolean mayBeLocked(List<Segment> segments) {
        if (!witness.hasBegun()) {
            witness.begin(); // before the question: it sees what comes after the answer
            try {
                isApplications = isAnyApplications(segments);
            } catch (IOException e) {
                witness.end();
            }
        }
        return !isApplications && witness.sawNothing();
    }

    private boolean isAnyApplications(List<Segment> segments) throws IOException {
        List<Segment> heap = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.region() == Region.HEAP && segment.mapping().isAccessible()) {
                heap.add(segment);
            }
        }
        tools.applicationLocks().oursAmong(heap, tools.held());
        for (Segment segment : heap) {
            if (tools.applicationLocks().isKnown(segment)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Unlocks each of these spans in one call and without a pause.
     *
     * @param segments as for {@link #lock}
     */
    void unlockAtOnce(List<Segment> segments) {
        for (Range span : ours(segments)) {
            tools.held().unlockOthers(span.start(), span.end() - span.start());
        }
    }

    /** Has the next lock ask again whose the heap is: under other conditions we lock all there is, too. */
    void conditionsChange() {
        witness.end();
    }

    private List<Range> ours(List<Segment> segments) {
        List<Range> spans = new ArrayList<>();
        long start = 0;
        long end = 0;
        boolean isOurs = false;
        for (Segment segment : segments) {
            if (segment.region() != Region.HEAP) {
                continue;
            }
            if (segment.start() != end) {
                addIf(isOurs, spans, start, end);
                start = segment.start();
                isOurs = true;
            }
            end = segment.end();
            isOurs &= !segment.mapping().isHugetlb()
                    && (!segment.mapping().isAccessible() || tools.ours().contains(segment));
        }
        addIf(isOurs, spans, start, end);
        return spans;
    }

    private static void addIf(boolean isOurs, List<Range> spans, long start, long end) {
        if (isOurs) {
            spans.add(new Range(start, end));
        }
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
}
