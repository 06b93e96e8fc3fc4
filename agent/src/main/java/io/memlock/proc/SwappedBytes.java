// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.memory.FilePieces;

/**
 * Adds up what is in swap of the mappings of one process. Memory that several mappings show of one file counts once, as
 * far as the kernel tells: ZGC's heap, for example, is mapped up to three times, and once more by the agent. Not
 * thread-safe.
 */
public final class SwappedBytes {

    private final FilePieces pieces = new FilePieces();
    private long total;
    private long shared;

    /**
     * Adds a mapping.
     *
     * @return bytes it adds to the sum
     */
    public long add(SmapsEntry entry) {
        long swapped = pieces.unseenPart(entry.mapping(), entry.swappedBytes());
        total += swapped;
        shared += entry.mapping().shared() ? swapped : 0;
        return swapped;
    }

    public long total() {
        return total;
    }

    /** Returns the part of the sum that is of shared memory, which VmSwap leaves out. */
    public long shared() {
        return shared;
    }
}
