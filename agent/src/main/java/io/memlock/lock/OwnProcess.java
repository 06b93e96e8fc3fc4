// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Deployment;
import io.memlock.calls.HeldPages;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;

/** What a lock has to know of the process it is in. */
public interface OwnProcess {

    /** What is charged against the limit, by anybody: VmLck. */
    long chargedBytes();

    /** Whether huge pages of hugetlbfs are mapped, which calls on all mappings would populate. */
    boolean holdsHugetlb();

    /** Whether a capability counts for nothing, because the process is in another user namespace than the first. */
    boolean isInUserNamespace();

    /** The pages that handles of the API hold. */
    HeldPages held();

    /** Where the process runs: for messages, found out when first asked. */
    Deployment place();

    /**
     * Where some regions are now. Cheaper than a pass, which has to know where all are.
     *
     * @return every mapping, cut into regions; what belongs to another region may not be told yet
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    List<Segment> locate(List<Region> regions) throws IOException;

    /** The time, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }
}
