// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.proc.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Large allocations of malloc, which it maps one by one: each starts with a header that holds its length and the bit
 * {@code IS_MMAPPED}. The kernel merges neighbours, so one mapping may hold a row of them. glibc malloc.c, sysmalloc_mmap
 */
final class MallocChunks {

    private static final long IS_MMAPPED = 2;
    private static final long FLAGS = 7;

    /** A look is a system call; a process with more mappings than this that nobody claims keeps them as they are. */
    private static final int MOST_LOOKED_AT = 2000;

    private MallocChunks() {}

    /**
     * The allocations in memory that nobody claims.
     *
     * @param segments what is known so far
     * @param pageBytes the page size, of which each length is a multiple
     */
    static List<KnownRange> find(List<Segment> segments, MemorySnapshot memory, int pageBytes) {
        List<KnownRange> found = new ArrayList<>();
        int lookedAt = 0;
        for (Segment segment : segments) {
            if (isCandidate(segment) && lookedAt++ < MOST_LOOKED_AT) {
                long end = endOfChunks(segment, memory, pageBytes);
                if (end > segment.start()) {
                    found.add(new KnownRange(segment.start(), end, Region.NATIVE, Evidence.MALLOC_LAYOUT));
                }
            }
        }
        return found;
    }

    private static boolean isCandidate(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.evidence() == Evidence.NONE
                && mapping.readable()
                && mapping.writable()
                && !mapping.executable()
                && !mapping.shared();
    }

    private static long endOfChunks(Segment segment, MemorySnapshot memory, int pageBytes) {
        long position = segment.start();
        try {
            while (position < segment.end()) {
                long alignment = memory.word(position); // unused bytes before the chunk: none but with memalign
                long size = memory.word(position + Long.BYTES);
                long length = size & ~FLAGS;
                boolean chunk = alignment == 0
                        && (size & FLAGS) == IS_MMAPPED
                        && length > 0
                        && length % pageBytes == 0
                        && length <= segment.end() - position;
                if (!chunk) {
                    break;
                }
                position += length;
            }
        } catch (IOException e) {
            return position; // as far as it could be read
        }
        return position;
    }
}
