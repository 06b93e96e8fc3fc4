// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;

/** Gives the memory of this process as it was last looked at. */
public interface Mappings {

    /**
     * Looks again.
     *
     * @return whether anything changed
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    boolean refresh() throws IOException;

    /**
     * Returns whether as much is mapped and committed as when this was last asked: costs a tenth of {@link #refresh}, which
     * sees more.
     */
    boolean looksUnchanged();

    /** Returns every mapping, cut into regions, in the order of their addresses. */
    List<Segment> segments();

    int mappings();
}
