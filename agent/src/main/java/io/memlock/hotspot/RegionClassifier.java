// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every piece of every mapping its region. What the JVM told about its addresses comes first, because file names
 * mislead there (G1 maps a piece of a class data archive into the heap); then names; then malloc's layout. Cuts a
 * mapping where the kernel merged neighbours of different regions.
 */
final class RegionClassifier {

    /** glibc reserves arenas of this size at multiples of it on 64-bit. malloc/arena.c, HEAP_MAX_SIZE */
    static final long ARENA_BYTES = 64L << 20;

    /** The most mappings to go back to the start of an arena, and on to its end: locks leave two pieces or three. */
    private static final int MOST_PIECES = 16;

    /** The most of a jar that its directory takes: that of 50,000 classes has 5 MB. */
    private static final long LARGEST_JAR_DIRECTORY_BYTES = 8L << 20;

    private final KnownRanges known;
    private final boolean isHeapKnown;

    RegionClassifier(KnownRanges known) {
        this.known = known;
        this.isHeapKnown = known.has(Region.HEAP);
    }

    /**
     * Gives the regions.
     *
     * @param mappings all mappings of the process, ascending
     * @return without gaps or overlaps inside a mapping, ascending
     */
    List<Segment> classify(List<Mapping> mappings) {
        List<Segment> segments = new ArrayList<>(mappings.size() + known.size());
        Map<String, Region> filesOfJvm = filesOfJvm(mappings);
        int range = 0;
        for (int i = 0; i < mappings.size(); i++) {
            Mapping mapping = mappings.get(i);
            while (range < known.size() && known.get(range).end() <= mapping.start()) {
                range++;
            }
            long position = mapping.start();
            for (int k = range; k < known.size() && known.get(k).start() < mapping.end(); k++) {
                KnownRange claim = known.get(k);
                if (!mayHold(mapping, claim)) {
                    continue;
                }
                long start = Math.max(position, claim.start());
                if (position < start) {
                    segments.add(unclaimed(mappings, i, position, start, filesOfJvm));
                }
                position = Math.min(mapping.end(), claim.end());
                segments.add(new Segment(start, position, claim.region(), claim.evidence(), mapping));
            }
            if (position < mapping.end()) {
                segments.add(unclaimed(mappings, i, position, mapping.end(), filesOfJvm));
            }
        }
        return segments;
    }

    /**
     * Returns whether a claim still holds. Stacks and metaspace are never behind a file: where there is one now, they have
     * gone.
     */
    private static boolean mayHold(Mapping mapping, KnownRange claim) {
        boolean anonymous = claim.region() == Region.STACKS || claim.region() == Region.METASPACE;
        return !anonymous || MappingNames.isAnonymous(mapping);
    }

    private Segment unclaimed(List<Mapping> mappings, int index, long start, long end, Map<String, Region> filesOfJvm) {
        Mapping mapping = mappings.get(index);
        Region byName = MappingNames.regionOf(mapping, filesOfJvm, isHeapKnown);
        if (byName != null) {
            return new Segment(start, end, byName, Evidence.MAPPING_NAME, mapping);
        }
        if (isBesideZgcHeap(mappings, index, filesOfJvm)) {
            return new Segment(start, end, Region.HEAP, Evidence.MAPPING_NAME, mapping);
        }
        if (isArena(mappings, index)) {
            return new Segment(start, end, Region.NATIVE, Evidence.MALLOC_LAYOUT, mapping);
        }
        return new Segment(start, end, Region.OTHER, Evidence.NONE, mapping);
    }

    /** ZGC reserves 16 times the largest heap and maps pieces of its file into it; the rest is inaccessible. */
    private boolean isBesideZgcHeap(List<Mapping> mappings, int index, Map<String, Region> filesOfJvm) {
        Mapping mapping = mappings.get(index);
        if (mapping.isAccessible() || !MappingNames.isAnonymous(mapping)) {
            return false;
        }
        Mapping before = index == 0 ? mapping : mappings.get(index - 1);
        Mapping after = index + 1 == mappings.size() ? mapping : mappings.get(index + 1);
        return (before.end() == mapping.start()
                        && MappingNames.regionOf(before, filesOfJvm, isHeapKnown) == Region.HEAP)
                || (after.start() == mapping.end()
                        && MappingNames.regionOf(after, filesOfJvm, isHeapKnown) == Region.HEAP);
    }

    /**
     * An arena of malloc is writable from a multiple of 64 MiB on and inaccessible from there to the next one; a full
     * one is writable throughout. It may be mapped in pieces: the kernel does not merge what is locked in different ways, as
     * by the application and by the agent.
     */
    private static boolean isArena(List<Mapping> mappings, int index) {
        int last = mappings.get(index).isAccessible() ? index : index - 1;
        int first = last;
        while (first > 0 && index - first < MOST_PIECES && isLaterPiece(mappings, first)) {
            first--;
        }
        if (first < 0
                || !isPiece(mappings.get(first))
                || !isArenaMultiple(mappings.get(first).start())) {
            return false;
        }
        while (last + 1 < mappings.size() && last - index < MOST_PIECES && isLaterPiece(mappings, last + 1)) {
            last++;
        }
        return (last >= index && isArenaMultiple(mappings.get(last).end())) || followedByRest(mappings, last);
    }

    private static boolean isPiece(Mapping mapping) {
        return mapping.isPrivateData() && MappingNames.isAnonymous(mapping);
    }

    /** Returns whether it goes on where the mapping before it ends, and not as another arena. */
    private static boolean isLaterPiece(List<Mapping> mappings, int index) {
        Mapping mapping = mappings.get(index);
        Mapping before = mappings.get(index - 1);
        return !isArenaMultiple(mapping.start())
                && before.end() == mapping.start()
                && isPiece(mapping)
                && isPiece(before);
    }

    private static boolean followedByRest(List<Mapping> mappings, int index) {
        if (index + 1 == mappings.size()) {
            return false;
        }
        Mapping rest = mappings.get(index + 1);
        return rest.start() == mappings.get(index).end()
                && rest.end() == arenaEnd(mappings.get(index).end())
                && !rest.isAccessible()
                && MappingNames.isAnonymous(rest);
    }

    /** Returns the multiple of the arena size at or behind an address. */
    static long arenaEnd(long address) {
        return (address + ARENA_BYTES - 1) & -ARENA_BYTES;
    }

    static boolean isArenaMultiple(long address) {
        return (address & (ARENA_BYTES - 1)) == 0;
    }

    /**
     * Returns the files that are the JVM's as a whole, because a piece of them is: what is mapped executable, and a
     * class data archive or AOT cache, whatever its name is. A jar is, if no more of it is mapped than the directory at its
     * end, as libzip does it (zip_util.c): an application that maps one reads what is in it.
     */
    private Map<String, Region> filesOfJvm(List<Mapping> mappings) {
        Map<String, Region> files = new HashMap<>();
        Map<String, Long> jarBytes = new HashMap<>();
        for (Mapping mapping : mappings) {
            if (!mapping.isFileBacked()) {
                continue;
            }
            if (mapping.executable()) {
                files.put(mapping.path(), Region.LIBS);
            } else if (!mapping.shared() && isArchive(mapping)) {
                files.putIfAbsent(mapping.path(), Region.CDS);
            } else if (MappingNames.isJar(mapping)) {
                long before = jarBytes.getOrDefault(mapping.path(), 0L);
                jarBytes.put(mapping.path(), before + mapping.length());
            }
        }
        for (Map.Entry<String, Long> jar : jarBytes.entrySet()) {
            if (jar.getValue() <= LARGEST_JAR_DIRECTORY_BYTES) {
                files.putIfAbsent(jar.getKey(), Region.LIBS);
            }
        }
        return files;
    }

    private boolean isArchive(Mapping mapping) {
        int index = known.firstEndingAfter(mapping.start());
        return index < known.size()
                && known.get(index).start() < mapping.end()
                && known.get(index).region() == Region.CDS;
    }
}
