// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import java.io.IOException;
import java.util.List;

/** Provides the numbers for a {@link RoomWatch} and an {@link OomWatch}. */
public interface RoomSource {

    /** Where no limit is known. */
    long UNBOUNDED = Long.MAX_VALUE;

    /** Where there is a limit that cannot be read: as little may be left as nothing. */
    long UNKNOWN = -1;

    /** Returns the time, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** Returns what {@link CgroupHierarchy#freeBytes} tells of this process. */
    long freeBytes();

    /**
     * Returns what the Java heap may still take of the free memory: its largest size, less what is resident of
     * anonymous memory, at most what the heap has committed. A heap in huge pages of hugetlbfs takes none of it.
     */
    long heapToComeBytes();

    /**
     * Returns what is mapped and locked now.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    Locked locked() throws IOException;

    /**
     * Returns what the process has in RAM. To ask is cheap.
     *
     * @return bytes, -1 if {@code /proc/self/statm} does not tell
     */
    long residentBytes();

    /**
     * Returns what the next garbage collection takes at once, for what it copies.
     *
     * @return bytes, -1 if that is not known
     */
    long nextCopiedBytes();

    /** Returns how near the OOM killer is in each visible memory cgroup that has a limit, and on the host. */
    List<OomMargin> margins();

    /**
     * Returns what the process has that is no file's.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    Anonymous anonymous() throws IOException;

    /**
     * Sizes of what is anonymous or shared memory.
     *
     * @param residentBytes in RAM, each page once as far as is known
     * @param swappedBytes in swap; of shared memory only the heap counts, with as much as there may be at most
     */
    record Anonymous(long residentBytes, long swappedBytes) {}

    /**
     * Sizes of mappings.
     *
     * @param lockedBytes of all that are locked: VmLck
     * @param dataBytes of all that are private and writable: VmData
     */
    record Locked(long lockedBytes, long dataBytes) {

        /** Returns how much of it may be files, or only reserved. */
        long otherBytes() {
            return lockedBytes - dataBytes;
        }
    }
}
