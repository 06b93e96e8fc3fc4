// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.VmStructs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds metaspace by what is in it, for a JVM that cannot be asked. Metaspace consists of root chunks, aligned to
 * their size, so the root chunk around each loaded class is metaspace. Classes may be unloaded while we read, so a
 * list that ends in the middle of nowhere is no error.
 */
final class LoadedClasses {

    static final Set<String> FIELDS = Set.of(
            "ClassLoaderDataGraph::_head",
            "ClassLoaderData::_next",
            "ClassLoaderData::_klasses",
            "Klass::_next_link",
            "Klass::_layout_helper",
            "InstanceKlass::_constants");

    /** metaspaceChunklevel.hpp, in 17 and since. */
    static final long ROOT_CHUNK_BYTES = 16L << 20;

    private static final int MOST_LOADERS = 100_000;
    private static final int MOST_CLASSES = 200_000;

    private final MemorySnapshot memory;
    private final VmStructs structs;
    private final Set<Long> chunks = new TreeSet<>();
    private int seen;

    private LoadedClasses(MemorySnapshot memory, VmStructs structs) {
        this.memory = memory;
        this.structs = structs;
    }

    /**
     * Returns the root chunks that hold classes, ascending. Takes some microseconds for each class.
     *
     * @param archives addresses to leave out: classes there are not in metaspace
     * @throws IOException if this JVM does not tell
     */
    static List<KnownRange> rootChunks(MemorySnapshot memory, VmStructs structs, List<KnownRange> archives)
            throws IOException {
        LoadedClasses classes = new LoadedClasses(memory, structs);
        classes.walkLoaders();
        List<KnownRange> ranges = new ArrayList<>();
        for (long start : classes.chunks) {
            KnownRange chunk = new KnownRange(start, start + ROOT_CHUNK_BYTES, Region.METASPACE, Evidence.VM_STRUCTURE);
            boolean archived = false;
            for (KnownRange archive : archives) {
                archived |= archive.region() == Region.CDS
                        && archive.start() < chunk.end()
                        && chunk.start() < archive.end();
            }
            if (!archived) {
                ranges.add(chunk);
            }
        }
        return ranges;
    }

    private void walkLoaders() throws IOException {
        long next = structs.field("ClassLoaderData::_next");
        long klasses = structs.field("ClassLoaderData::_klasses");
        long loader = memory.word(structs.field("ClassLoaderDataGraph::_head"));
        for (int i = 0; loader != 0 && i < MOST_LOADERS; i++) {
            try {
                walkClasses(memory.word(loader + klasses));
                loader = memory.word(loader + next);
            } catch (IOException e) {
                return; // unloaded just now
            }
        }
    }

    private void walkClasses(long first) throws IOException {
        long next = structs.field("Klass::_next_link");
        long layoutHelper = structs.field("Klass::_layout_helper");
        long constants = structs.field("InstanceKlass::_constants");
        for (long klass = first; klass != 0 && seen < MOST_CLASSES; seen++) {
            add(klass);
            if (memory.int32(klass + layoutHelper) > 0) { // a class, not an array
                add(memory.word(klass + constants));
            }
            klass = memory.word(klass + next);
        }
    }

    private void add(long address) {
        if (address > 0) {
            chunks.add(address & -ROOT_CHUNK_BYTES);
        }
    }
}
