// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import java.io.IOException;
import java.util.List;

/** The memory of this process as it was last looked at. */
interface MemoryMap {

    /**
     * Looks again.
     *
     * @return whether anything changed
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    boolean refresh() throws IOException;

    /**
     * Whether there is as much address space as at the last look: costs a tenth of {@link #refresh}. What is mapped over
     * what was there does not show.
     *
     * @throws IOException if {@code /proc/self/statm} cannot be read
     */
    boolean isOfSameSize() throws IOException;

    /** Every mapping, cut into regions, in the order of their addresses. */
    List<Segment> segments();

    /** How many mappings there are. */
    int mappings();
}
