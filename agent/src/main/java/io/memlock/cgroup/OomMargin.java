// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.memory.Bytes;

/**
 * Holds how near the OOM killer is, in one memory cgroup or on the host. It comes when nothing more can be reclaimed:
 * locked memory cannot be, memory that fits into swap can.
 *
 * @param freeBytes what is free, page cache that is not locked, and half of the slab that can be reclaimed
 * @param swappableBytes what could be swapped out: neither locked nor a file's
 * @param swapLeftBytes what still fits into swap of all that is counted there; 0 where there is none, {@link
 *     RoomSource#UNBOUNDED} where nothing tells
 * @param ownSwapLeftBytes what still fits into swap of the process; 0 where the kernel may not swap it out, {@link
 *     RoomSource#UNBOUNDED} where nothing tells
 * @param limitBytes of all that can be used
 * @param heapToComeBytes what the process's Java heap may still take
 * @param place whose margin this is, for a message
 */
public record OomMargin(
        long freeBytes,
        long swappableBytes,
        long swapLeftBytes,
        long ownSwapLeftBytes,
        long limitBytes,
        long heapToComeBytes,
        String place) {

    /** Returns how much more can be used before the OOM killer comes. */
    public long leftBytes() {
        return freeBytes + Math.min(swappableBytes, swapLeftBytes);
    }

    /**
     * Returns how much more could be used if a process were locked and in RAM with all it has, of which nothing is locked yet:
     * what is locked is no part of what could be swapped out.
     */
    long leftIfLockedBytes(RoomSource.Anonymous process) {
        long others = Math.max(0, swappableBytes - process.residentBytes());
        return freeBytes + Math.min(others, swapLeftBytes) - process.swappedBytes();
    }

    /** Returns this margin as it would be if nothing could be swapped out. */
    OomMargin withoutSwap() {
        return new OomMargin(freeBytes, 0, 0, 0, limitBytes, heapToComeBytes, place);
    }

    /** Returns whether the heap alone may still take all that is left. */
    boolean canHeapTakeAll() {
        return heapToComeBytes > leftBytes();
    }

    /** Describes it by what {@link #leftIfLockedBytes} returns, and by what had to be left. */
    String describeIfLocked(long leftBytes, long leastBytes) {
        return place + " " + Bytes.text(limitBytes) + ": with all of this JVM locked and in RAM, "
                + (leftBytes > 0 ? Bytes.text(leftBytes) : "nothing") + " would be left, and "
                + Bytes.text(leastBytes) + " have to be";
    }

    /** Describes it, for example {@code the memory cgroup allows 400.0 MiB: 61.2 MiB are left}. */
    public String describe() {
        return place + " " + Bytes.text(limitBytes) + ": " + Bytes.text(leftBytes())
                + " are free or can be reclaimed, "
                + (canHeapTakeAll()
                        ? "less than the " + Bytes.text(heapToComeBytes) + " that the heap may still take, "
                        : "")
                + (ownSwapLeftBytes == RoomSource.UNBOUNDED
                        ? "and nothing tells how much room swap has"
                        : "and swap has room for " + Bytes.text(ownSwapLeftBytes));
    }
}
