// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;

/**
 * Finds the reservations that metaspace grows into. The class space never gets a second one; the rest of metaspace gets
 * another 64 MiB when it needs it. Asking for them stops the JVM at a safepoint. So the JVM is asked once, and again
 * only when unclaimed memory has appeared that could be a node, or when a lack of memory kept it from answering.
 */
final class MetaspaceNodes {

    /** virtualSpaceNode.hpp, metaspaceSettings.hpp: at least, in 17 and since. */
    private static final long NODE_BYTES = 64L << 20;

    private final DiagnosticCommands commands;
    private final UnclaimedMemory unclaimed = new UnclaimedMemory(NODE_BYTES);
    private List<KnownRange> nodes = List.of();
    private String problem = "";

    MetaspaceNodes(DiagnosticCommands commands) {
        this.commands = commands;
    }

    List<KnownRange> nodes() {
        return nodes;
    }

    /** Returns why the JVM did not answer when it was last asked; "" if it did. */
    String problem() {
        return problem;
    }

    /**
     * Asks the JVM if it is time to.
     *
     * @param segments what is known about all mappings
     * @return whether something new was learned
     * @throws IOException if the JVM did not answer; it will not be asked again soon
     */
    boolean refresh(List<Segment> segments, long nowNanos) throws IOException {
        if (!unclaimed.isLookDue(segments, nowNanos)) {
            return false;
        }
        boolean isNew = false;
        try {
            List<KnownRange> found = DiagnosticReports.metaspaceNodes(commands.execute(DiagnosticReports.METASPACE));
            problem = "";
            isNew = !found.equals(nodes);
            nodes = found;
        } catch (IOException | RuntimeException | Error e) {
            problem = String.valueOf(e.getMessage());
            unclaimed.failed(e);
            throw e;
        } finally {
            unclaimed.looked(isNew, 0);
        }
        return isNew;
    }
}
