// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.vmstructs.ElfImage;
import io.memlock.vmstructs.MemorySnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the zero-initialised data of libraries: anonymous memory behind the pieces that come from the file. The
 * library's header says how much of it belongs to the library; the kernel may have merged it with what follows.
 */
final class LibraryData {

    /** Headers that are tried in one look though they cannot be read: where memory is closed for good, none can. */
    private static final int MOST_UNREADABLE = 4;

    private Map<Long, KnownRange> byLibrary = new HashMap<>();

    /**
     * Returns the ranges of all libraries mapped now. Each header is read once; one that cannot be read, because the
     * application has used up its descriptors for a moment, is tried again in the next look.
     *
     * @param mappings all of the process, ascending
     * @param memory to read the headers through
     */
    List<KnownRange> ranges(List<Mapping> mappings, MemorySnapshot memory) {
        Map<Long, KnownRange> now = new HashMap<>();
        int unreadable = 0;
        for (int i = 0; i < mappings.size(); i++) {
            if (startsLibrary(mappings, i)) {
                Long start = mappings.get(i).start();
                KnownRange range = byLibrary.get(start);
                if (range == null && unreadable < MOST_UNREADABLE) {
                    range = read(memory, start);
                    unreadable += range == null ? 1 : 0;
                }
                if (range != null) {
                    now.put(start, range);
                }
            }
        }
        byLibrary = now;
        List<KnownRange> ranges = new ArrayList<>(now.size());
        for (KnownRange range : now.values()) {
            if (range.start() < range.end()) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    /** Returns whether a file is mapped here from its start, and executable here or in one of the next mappings. */
    private static boolean startsLibrary(List<Mapping> mappings, int index) {
        Mapping first = mappings.get(index);
        if (!first.isFileBacked() || first.offset() != 0 || first.shared()) {
            return false;
        }
        for (int i = index; i < mappings.size() && mappings.get(i).inode() == first.inode(); i++) {
            if (mappings.get(i).executable()) {
                return true;
            }
        }
        return false;
    }

    /** Returns null if the memory cannot be read. */
    private static KnownRange read(MemorySnapshot memory, long start) {
        try {
            memory.int32(start);
        } catch (IOException e) {
            return null;
        }
        long dataStart = 0;
        long dataEnd = 0;
        try {
            ElfImage library = new ElfImage(memory, start);
            dataStart = library.dataFileEnd();
            dataEnd = library.dataEnd();
        } catch (IOException e) {
            // Not a library after all. An empty range remembers that.
        }
        return new KnownRange(dataStart, dataEnd, Region.LIBS, Evidence.LIBRARY_HEADER);
    }
}
