// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Deployment;
import io.memlock.calls.HeldPages;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.residency.Residency;
import java.io.IOException;
import java.util.List;

/** Provides what the lock needs to know about this process. The agent's {@code ThisProcess} does. */
public interface OwnProcess {

    /** Returns how many bytes are charged against the limit, whoever locked them: VmLck. */
    long chargedBytes();

    /** Returns whether huge pages of hugetlbfs are mapped, which calls on all mappings would populate. */
    boolean holdsHugetlb();

    /** Returns whether a capability counts for nothing, because the process is in another user namespace than the first. */
    boolean isInUserNamespace();

    /**
     * Returns whether a mapping may be so long that the kernel miscounts what is charged. Then it counts less than nothing
     * once that is locked, and without CAP_IPC_LOCK each mapping that is to be born locked is beyond even an infinite limit.
     * Linux {@code mm/mlock.c: mlock_fixup} has the number of pages in an int.
     */
    boolean mayBeMiscounted();

    /** Returns how many bytes the heap has committed, whatever of it is in use. This is free. */
    default long heapBytes() {
        return Runtime.getRuntime().totalMemory();
    }

    /** Returns whether a call on memory that is only reserved, or locked already, takes no time: from Linux 5.18 on. */
    boolean locksReservedAtOnce();

    /** Returns whether a seccomp filter may end the process for a call of this thread that can be left out. */
    boolean isFiltered();

    /** Returns whether there is a seccomp filter that may end the process for a call that was allowed at the start. */
    boolean hasNewFilter();

    /** Returns the pages that handles of the API hold. */
    HeldPages held();

    /** Returns what brings pages of the process into RAM. It is made when it is needed. */
    Residency residency();

    /** Returns where the process runs, for messages. It is found out when first asked. */
    Deployment deployment();

    /**
     * Finds where some regions are now. This is cheaper than a pass, which has to know where all are.
     *
     * @return every mapping, cut into regions; what belongs to another region may not be told yet
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    List<Segment> locate(List<Region> regions) throws IOException;

    /** Returns the time, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }
}
