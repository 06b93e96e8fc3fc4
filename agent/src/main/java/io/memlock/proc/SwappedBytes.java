// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.memory.Mapping;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds up what is in swap of the mappings of one process. What several of them show of one file in memory counts once, as
 * far as the kernel tells: of ZGC's heap, which is mapped up to three times, and once more by the agent. Where views
 * overlap in part, what is in swap is taken to be spread evenly. Not thread-safe.
 */
public final class SwappedBytes {

    /** Ends by starts of the pieces of each file that have been seen; they do not overlap. */
    private final Map<String, TreeMap<Long, Long>> seen = new HashMap<>();

    private long total;

    /**
     * Adds a mapping.
     *
     * @return bytes it adds to the sum
     */
    public long add(SmapsEntry entry) {
        long swapped = entry.swappedBytes();
        Mapping mapping = entry.mapping();
        if (swapped > 0 && mapping.isSharedFile()) {
            long fresh = unseenBytes(mapping);
            swapped = Math.round((double) swapped * fresh / mapping.length());
        }
        total += swapped;
        return swapped;
    }

    public long total() {
        return total;
    }

    private long unseenBytes(Mapping mapping) {
        // An inode alone may be that of another file, on another device.
        TreeMap<Long, Long> pieces = seen.computeIfAbsent(mapping.inode() + mapping.path(), file -> new TreeMap<>());
        long start = mapping.offset();
        long end = start + mapping.length();
        long unseen = mapping.length();
        long mergedStart = start;
        long mergedEnd = end;
        Map.Entry<Long, Long> piece = pieces.lowerEntry(end);
        while (piece != null && piece.getValue() > start) {
            unseen -= Math.min(end, piece.getValue()) - Math.max(start, piece.getKey());
            mergedStart = Math.min(mergedStart, piece.getKey());
            mergedEnd = Math.max(mergedEnd, piece.getValue());
            pieces.remove(piece.getKey());
            piece = pieces.lowerEntry(end);
        }
        pieces.put(mergedStart, mergedEnd);
        return unseen;
    }
}
