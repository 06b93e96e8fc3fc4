// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Place;
import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.FutureProbe;
import io.memlock.calls.GentleCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.cgroup.RoomWatch;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.LibC;
import io.memlock.residency.Residency;
import io.memlock.zgc.HeapView;
import java.io.IOException;
import java.util.List;

/** What a {@link MemoryLock} works with. */
public interface LockParts {

    /** The C library. */
    LibC libc();

    /** Compares and repairs. */
    Reconciler reconciler();

    /** The calls on ranges. */
    GentleCalls calls();

    /** Whether a capability counts for nothing, because the process is in another user namespace than the first. */
    boolean isInUserNamespace();

    /** From now on the application runs, and huge pages may have been set up otherwise than before. */
    void live();

    /** Tells whether a mapping is locked. */
    LockProbe probe();

    /** What the application locked itself. */
    ApplicationLocks applicationLocks();

    /** The pages that handles of the API hold. */
    HeldPages held();

    /** What is left for locked memory. */
    RoomWatch room();

    /** A second view of ZGC's heap, not made yet. */
    HeapView heapView();

    /** Finds out how much may be locked. */
    LimitProbe limits();

    /** Tells whether new mappings are born locked. */
    FutureProbe futureProbe();

    /** Brings pages into RAM. */
    Residency residency();

    /**
     * Where some regions are now. Cheaper than a reconciliation, which has to know where all are.
     *
     * @return every mapping, cut into regions; what belongs to another region may not be told yet
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    List<Segment> locate(List<Region> regions) throws IOException;

    /** What is charged against the limit, by anybody: VmLck. */
    long chargedBytes();

    /** Whether huge pages of hugetlbfs are mapped, which calls on all mappings would populate. */
    boolean holdsHugetlb();

    /** The time, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** Where the process runs: for messages, found out when first asked. */
    Place place();
}
