// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;

/** Provides the mappings of this process as last read, and how much of the kernel's limits they use up. */
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

    /** Returns how many mappings there are. */
    int mappingCount();

    /** Returns how many mappings the process may have for one of them to be split, as last read. */
    long maxMappings();

    /** Reads that anew: whoever is told that there are too many raises it while the JVM runs. */
    long readMaxMappings();

    /** Returns how many bytes are charged against the limit now, whoever locked them: VmLck. */
    long chargedBytes();
}
