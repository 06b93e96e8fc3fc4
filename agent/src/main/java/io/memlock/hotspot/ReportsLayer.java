// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the JVM about its memory. Only metaspace is known nowhere else; heap and code are asked for where the VM
 * structures did not tell.
 */
final class ReportsLayer {

    private final DiagnosticCommands commands;
    private final MetaspaceNodes metaspace;
    private List<KnownRange> heap;
    private List<KnownRange> code;
    private String problem = "not asked yet";

    /**
     * Prepares to ask one JVM.
     *
     * @param commands null if there is no way to ask
     */
    ReportsLayer(DiagnosticCommands commands) {
        this.commands = commands;
        this.metaspace = new MetaspaceNodes(commands);
        if (commands == null) {
            problem = "another process, not asked";
        }
    }

    /**
     * Asks what there is to ask.
     *
     * @param segments what is known so far
     * @return whether anything was learned, also where a later question found no answer
     */
    boolean refresh(List<Segment> segments, long nowNanos) {
        if (commands == null) {
            return false;
        }
        boolean learned = false;
        try {
            learned = metaspace.refresh(segments, nowNanos);
            if (heap == null) {
                heap = isKnown(segments, Region.HEAP)
                        ? List.of()
                        : DiagnosticReports.heap(commands.execute(DiagnosticReports.HEAP));
                learned |= !heap.isEmpty();
            }
            if (code == null) {
                code = isKnown(segments, Region.CODE)
                        ? List.of()
                        : DiagnosticReports.codeHeaps(commands.execute(DiagnosticReports.CODE_CACHE));
                learned |= !code.isEmpty();
            }
            problem = metaspace.problem();
        } catch (IOException | RuntimeException e) { // the latter: a text that does not read as expected
            problem = String.valueOf(e.getMessage());
        }
        return learned;
    }

    /** Returns whether the JVM told where metaspace is. */
    boolean knowsMetaspace() {
        return !metaspace.nodes().isEmpty();
    }

    List<KnownRange> ranges() {
        List<KnownRange> ranges = new ArrayList<>(metaspace.nodes());
        if (heap != null) {
            ranges.addAll(heap);
        }
        if (code != null) {
            ranges.addAll(code);
        }
        return ranges;
    }

    String problem() {
        return problem;
    }

    private static boolean isKnown(List<Segment> segments, Region region) {
        for (Segment segment : segments) {
            if (segment.region() == region) {
                return true;
            }
        }
        return false;
    }
}
