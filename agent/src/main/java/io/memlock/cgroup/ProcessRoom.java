// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.memory.Mapping;
import io.memlock.proc.AddressSpaceReader;
import io.memlock.proc.LockedSizeReader;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** {@link RoomSource} of the process this runs in. Not thread-safe. */
public final class ProcessRoom implements RoomSource {

    /** What is mounted seldom changes: where the cgroup of the process is now is looked up in one measurement of so many. */
    private static final int LOCATE_EVERY = 64;

    /** How often a page of ZGC's heap is mapped at most: by ZGC without generations three times, and once more to lock it. */
    private static final int MOST_VIEWS = 4;

    private final ProcFs proc;
    private final Cgroups cgroups;
    private final LockedSizeReader sizes;
    private final long pageBytes;
    private final LongSupplier nextCopiedBytes;
    private final BooleanSupplier isHeapHugetlb;
    private AddressSpaceReader size;
    private CgroupHierarchy cgroup = CgroupHierarchy.UNKNOWN;
    private String membership = "";
    private int measurements;
    private long lastAnonymousBytes;

    /** Null as long as it is not known. */
    private Boolean isHeapRemapped;

    /**
     * Reads nothing until it is asked.
     *
     * @param nextCopiedBytes tells what the next garbage collection takes at once; -1 if that is not known
     * @param isHeapHugetlb tells whether the heap lies in huge pages of hugetlbfs: it takes nothing of the free memory then
     */
    public ProcessRoom(ProcFs proc, long pageBytes, LongSupplier nextCopiedBytes, BooleanSupplier isHeapHugetlb) {
        this.proc = proc;
        this.pageBytes = pageBytes;
        this.nextCopiedBytes = nextCopiedBytes;
        this.isHeapHugetlb = isHeapHugetlb;
        this.cgroups = new Cgroups(proc);
        this.sizes = proc.lockedSizeReader(ProcFs.SELF);
    }

    @Override
    public long freeBytes() {
        return cgroup().freeBytes(proc.memInfo());
    }

    private CgroupHierarchy cgroup() {
        String membershipNow = proc.textOrNone(ProcFs.SELF, "cgroup");
        boolean hasMoved = !membershipNow.isEmpty() && !membershipNow.equals(membership);
        if (hasMoved || measurements % LOCATE_EVERY == 0) {
            CgroupHierarchy now = cgroups.memory(ProcFs.SELF);
            if (!hasMoved
                    && !now.isKnown()
                    && cgroup.isKnown()) { // descriptors may be used up: asked again the next time
                return cgroup;
            }
            cgroup = now;
            membership = membershipNow;
        }
        measurements++;
        return cgroup;
    }

    @Override
    public long residentBytes() {
        if (size == null) {
            size = proc.addressSpaceReader(ProcFs.SELF);
        }
        long pages = size.residentPages();
        return pages < 0 ? -1 : pages * pageBytes;
    }

    @Override
    public long nextCopiedBytes() {
        return nextCopiedBytes.getAsLong();
    }

    @Override
    public List<OomMargin> margins() {
        return cgroup().oomMargins(proc.memInfo(), heapToComeBytes());
    }

    @Override
    public Anonymous anonymous() throws IOException {
        ProcessStatus status = proc.status(ProcFs.SELF);
        if (status.vmRssBytes() < 0 && status.rssAnonBytes() < 0) { // the first thread has ended before the others
            throw new IOException("/proc/self/status tells of no memory");
        }
        long swapped = Math.max(0, status.vmSwapBytes());
        return new Anonymous(
                anonymousBytes(status) - countedAgainBytes(status), swapped + heapInSwapBytes(status, swapped));
    }

    /** Returns how much of ZGC's heap is in swap at most. VmSwap does not count it, as it is shared memory. */
    private long heapInSwapBytes(ProcessStatus status, long countedBytes) {
        long shared = status.rssShmemBytes();
        long absent = Runtime.getRuntime().totalMemory() - shared;
        // In this order: the last reads the mappings, while main waits. Of a heap that is shared some is always in RAM.
        if (shared <= 0 || absent <= 0 || !isHeapRemapped()) {
            return 0;
        }
        return Math.max(0, Math.min(absent, cgroup().swapUsedBytes(proc.memInfo()) - countedBytes));
    }

    /** Returns how much of RssShmem is the same pages of ZGC's heap once more. The kernel counts a page in each view of it. */
    private long countedAgainBytes(ProcessStatus status) {
        long heap = Runtime.getRuntime().totalMemory();
        long again = Math.min(status.rssShmemBytes() - heap, (MOST_VIEWS - 1) * heap);
        return again > 0 && isHeapRemapped() ? again : 0;
    }

    /** Returns false also where it cannot be read. The JVM decides that when it starts. */
    private boolean isHeapRemapped() {
        if (isHeapRemapped == null) {
            try {
                boolean isAny = false;
                for (Mapping mapping : proc.mappings(ProcFs.SELF)) {
                    isAny |= mapping.isZgcMemfd() && !mapping.isHugetlb(); // those are never in swap, nor in RssShmem
                }
                isHeapRemapped = isAny;
            } catch (IOException e) {
                return false;
            }
        }
        return isHeapRemapped;
    }

    /** Returns what is resident and of no file on a disk. ZGC's heap is a file in memory, and not anonymous. */
    public static long anonymousBytes(ProcessStatus status) {
        return Math.max(0, status.rssAnonBytes()) + Math.max(0, status.rssShmemBytes());
    }

    /**
     * What else is resident counts as heap, but never more than the heap has committed: native memory may be more than all of
     * the heap, and ZGC's heap is counted once for each view of it.
     */
    @Override
    public long heapToComeBytes() {
        try {
            ProcessStatus status = proc.status(ProcFs.SELF);
            lastAnonymousBytes = anonymousBytes(status);
            // In this order: the heap of a main that has not run yet pays for the answer.
            if (status.hugetlbBytes() > 0 && isHeapHugetlb.getAsBoolean()) {
                return 0;
            }
        } catch (IOException e) {
            // What was read last is nearer to the truth than nothing.
        }
        Runtime jvm = Runtime.getRuntime();
        return Math.max(0, jvm.maxMemory() - Math.min(lastAnonymousBytes, jvm.totalMemory()));
    }

    @Override
    public Locked locked() throws IOException {
        long[] bytes = sizes.read();
        return new Locked(bytes[0], bytes[1]);
    }
}
