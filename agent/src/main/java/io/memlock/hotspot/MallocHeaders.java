// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.vmstructs.Memory;
import io.memlock.vmstructs.MemorySnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads malloc's own headers. An arena starts with one that holds its size; without a look at it a metaspace node at a
 * multiple of 64 MiB passes for an arena. What a header says is compared with itself and not with maps, which was read
 * earlier: arenas grow all the time. A large allocation is a mapping of its own, and its header holds its length and
 * the bit {@code IS_MMAPPED}; the kernel merges neighbours, so one mapping may hold a row of them. glibc
 * malloc/arena.c, struct _heap_info; malloc.c, sysmalloc_mmap
 */
final class MallocHeaders {

    private static final long IS_MMAPPED = 2;
    private static final long FLAGS = 7;

    /** Where things are in {@code struct _heap_info}. */
    private static final long PREVIOUS = Long.BYTES;

    private static final long SIZE = 2L * Long.BYTES;

    private static final long ACCESSIBLE_SIZE = 3L * Long.BYTES;

    /** A look is a system call; a process with more mappings than this that nobody claims keeps them as they are. */
    private static final int MOST_LOOKED_AT = 2000;

    private MallocHeaders() {}

    /**
     * Claims the allocations in memory that nobody claims, and confirms or refutes what is only laid out as an arena.
     *
     * @param segments what is known so far
     * @param pageBytes the page size, of which each length is a multiple
     */
    static List<KnownRange> claims(List<Segment> segments, Memory process, int pageBytes) {
        MemorySnapshot memory = MemorySnapshot.ofHeaders(process);
        List<KnownRange> claims = new ArrayList<>();
        int lookedAt = 0;
        long claimed = 0;
        long endOfRun = 0;
        for (int i = 0; i < segments.size() && lookedAt < MOST_LOOKED_AT; i++) {
            Segment segment = segments.get(i);
            if (segment.evidence() == Evidence.MALLOC_LAYOUT
                    && segment.mapping().isPrivateData()
                    && RegionClassifier.isArenaMultiple(segment.start())) {
                lookedAt++;
                addArena(claims, segment, memory, pageBytes);
            } else if (isUnclaimed(segment) && segment.start() >= claimed) {
                lookedAt++;
                endOfRun = segment.start() < endOfRun ? endOfRun : endOfRun(segments, i);
                claimed = addChunks(claims, segment.start(), endOfRun, memory, pageBytes);
            }
        }
        return claims;
    }

    private static boolean isUnclaimed(Segment segment) {
        return segment.evidence() == Evidence.NONE && segment.mapping().isPrivateData();
    }

    /** Locks split mappings: a chunk may go on in the next. */
    private static long endOfRun(List<Segment> segments, int first) {
        int last = first;
        while (last + 1 < segments.size()
                && segments.get(last + 1).start() == segments.get(last).end()
                && isUnclaimed(segments.get(last + 1))) {
            last++;
        }
        return segments.get(last).end();
    }

    private static void addArena(List<KnownRange> claims, Segment segment, MemorySnapshot memory, int pageBytes) {
        long end = RegionClassifier.arenaEnd(segment.end());
        try {
            claims.add(
                    isArena(segment.start(), memory, pageBytes)
                            ? new KnownRange(segment.start(), end, Region.NATIVE, Evidence.MALLOC_HEADER)
                            : new KnownRange(segment.start(), end, Region.OTHER, Evidence.NONE));
        } catch (IOException e) {
            // Nothing to go by but the layout.
        }
    }

    private static boolean isArena(long start, MemorySnapshot memory, int pageBytes) throws IOException {
        long arena = memory.word(start);
        long previous = memory.word(start + PREVIOUS);
        long size = memory.word(start + SIZE);
        long accessible = memory.word(start + ACCESSIBLE_SIZE);
        return arena != 0
                && arena % Long.BYTES == 0
                && previous % RegionClassifier.ARENA_BYTES == 0 // or 0: the first piece
                && size > 0
                && size <= accessible
                && accessible <= RegionClassifier.ARENA_BYTES
                && size % pageBytes == 0
                && accessible % pageBytes == 0;
    }

    /** Returns where the chunks end that were claimed. */
    private static long addChunks(List<KnownRange> claims, long start, long end, MemorySnapshot memory, int pageBytes) {
        long endOfChunks = endOfChunks(start, end, memory, pageBytes);
        if (endOfChunks > start) {
            claims.add(new KnownRange(start, endOfChunks, Region.NATIVE, Evidence.MALLOC_HEADER));
        }
        return endOfChunks;
    }

    private static long endOfChunks(long start, long end, MemorySnapshot memory, int pageBytes) {
        long position = start;
        try {
            while (position < end) {
                long alignment = memory.word(position); // unused bytes before the chunk: none but with memalign
                long size = memory.word(position + Long.BYTES);
                long length = size & ~FLAGS;
                boolean chunk = alignment == 0
                        && (size & FLAGS) == IS_MMAPPED
                        && length > 0
                        && length % pageBytes == 0
                        && length <= end - position;
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
