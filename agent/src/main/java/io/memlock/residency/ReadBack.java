// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.Segment;
import java.util.List;

/**
 * Holds what became of reading swapped memory back.
 *
 * @param left what was not gone through, because it was time to stop
 * @param refusal why some of the rest stays in swap; null if nothing does
 */
public record ReadBack(List<Segment> left, String refusal) {

    /** All was gone through, and nothing is in swap. */
    public static final ReadBack DONE = new ReadBack(List.of(), null);

    public ReadBack {
        left = List.copyOf(left);
    }
}
