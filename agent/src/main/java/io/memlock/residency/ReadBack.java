// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.Segment;
import java.util.List;

/**
 * Holds what became of reading swapped memory back.
 *
 * @param broughtBytes that came back
 * @param left what was not gone through, because it was time to stop
 * @param refusal why some of the rest stays in swap; null if nothing does
 */
public record ReadBack(long broughtBytes, List<Segment> left, String refusal) {

    /** Nothing to read back. */
    public static final ReadBack NOTHING = new ReadBack(0, List.of(), null);

    public ReadBack {
        left = List.copyOf(left);
    }

    /**
     * Returns what became of this and of a later part together.
     *
     * @param later of what was left
     */
    public ReadBack and(ReadBack later) {
        return new ReadBack(broughtBytes + later.broughtBytes, later.left, refusal == null ? later.refusal : refusal);
    }
}
