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

    public ReadBack {
        left = List.copyOf(left);
    }
}
