// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells the first view of a piece of a file from others: ZGC maps each page of its heap up to three times. */
final class DistinctFilePages {

    private final Set<List<Long>> seen = new HashSet<>();

    /** Returns whether no segment so far was of the same piece of the same file. Private memory has one view. */
    boolean isFirst(Segment segment) {
        Mapping mapping = segment.mapping();
        if (!mapping.isSharedFile()) {
            return true;
        }
        long offset = segment.fileOffset();
        return seen.add(List.of(mapping.inode(), offset, offset + segment.length()));
    }
}
