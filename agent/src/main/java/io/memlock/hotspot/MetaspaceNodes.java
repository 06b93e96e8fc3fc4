// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the reservations that metaspace grows into. The class space never gets a second one; the rest of metaspace
 * gets another 64 MiB when it needs it. Asking for them stops the JVM at a safepoint. So they are asked for once, and
 * again only when memory nobody claims has appeared that could be a node; less and less often if it was not.
 */
final class MetaspaceNodes {

    /** virtualSpaceNode.hpp, metaspaceSettings.hpp: at least, in 17 and since. */
    private static final long NODE_BYTES = 64L << 20;

    private static final long SHORTEST_PAUSE_NANOS = 10_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 600_000_000_000L;

    private final DiagnosticCommands commands;
    private List<KnownRange> nodes = List.of();
    /** The runs of memory that were there when the JVM was last asked, end by start; null before. */
    private Map<Long, Long> asked;

    private long askedNanos;
    private long pauseNanos = SHORTEST_PAUSE_NANOS;

    MetaspaceNodes(DiagnosticCommands commands) {
        this.commands = commands;
    }

    List<KnownRange> nodes() {
        return nodes;
    }

    /**
     * Asks the JVM if it is time to.
     *
     * @param segments what is known about all mappings
     * @param nowNanos a clock that does not jump
     * @return whether something new was learned
     * @throws IOException if the JVM did not answer; it will not be asked again soon
     */
    boolean refresh(List<Segment> segments, long nowNanos) throws IOException {
        Map<Long, Long> candidates = candidates(segments);
        if (asked != null
                && (asked.entrySet().containsAll(candidates.entrySet()) || nowNanos - askedNanos < pauseNanos)) {
            return false;
        }
        asked = candidates;
        askedNanos = nowNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        List<KnownRange> found = DiagnosticReports.metaspaceNodes(commands.execute(DiagnosticReports.METASPACE));
        if (same(found, nodes)) {
            return false;
        }
        nodes = found;
        pauseNanos = SHORTEST_PAUSE_NANOS;
        return true;
    }

    /** Returns the runs of unclaimed anonymous memory that are long enough for a node and partly committed. */
    private static Map<Long, Long> candidates(List<Segment> segments) {
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
                if (isCommitted && end - start >= NODE_BYTES) {
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

    private static boolean same(List<KnownRange> left, List<KnownRange> right) {
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = left.get(i).start() == right.get(i).start()
                    && left.get(i).end() == right.get(i).end();
        }
        return same;
    }
}
