// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import java.io.IOException;

/** The numbers a {@link RoomWatch} goes by. */
public interface RoomSource {

    /**
     * Returns what the cgroups and the host have left for this process; page cache that is not locked counts as free.
     */
    long freeBytes();

    /**
     * Returns what the Java heap may still take of the free memory: its largest size, less what is resident of
     * anonymous memory.
     */
    long heapToComeBytes();

    /**
     * Returns what is mapped and locked now.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    Locked locked() throws IOException;

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
