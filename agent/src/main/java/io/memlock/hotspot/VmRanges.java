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

/**
 * Reads the ranges that HotSpot's structures give: heap, code, class data archive, card table. All are reserved while
 * the JVM starts and stay where they are. ZGC's heap is not among them; its mappings have a name.
 */
final class VmRanges {

    static final Set<String> FIELDS = Set.of(
            "Universe::_collectedHeap",
            "CollectedHeap::_reserved",
            "MemRegion::_start",
            "MemRegion::_word_size",
            "CodeCache::_heaps",
            "GrowableArrayBase::_len",
            "GrowableArray<int>::_data",
            "CodeHeap::_memory",
            "CodeHeap::_segmap",
            "VirtualSpace::_low_boundary",
            "VirtualSpace::_high_boundary",
            "MetaspaceObj::_shared_metaspace_base",
            "MetaspaceObj::_shared_metaspace_top",
            "BarrierSet::_barrier_set",
            "BarrierSet::_fake_rtti",
            "BarrierSet::FakeRtti::_concrete_tag",
            "CardTableBarrierSet::_card_table",
            "CardTable::_byte_map",
            "CardTable::_byte_map_size");

    /** The constants that are read: all of one type. */
    static final String CONSTANTS = "BarrierSet::";

    private static final int MOST_CODE_HEAPS = 16;

    private final MemorySnapshot memory;
    private final VmStructs structs;
    private final List<KnownRange> ranges = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private VmRanges(MemorySnapshot memory, VmStructs structs) {
        this.memory = memory;
        this.structs = structs;
    }

    /** Reads all there are; what this JVM does not tell is left out and named in {@link #problems}. */
    static VmRanges read(MemorySnapshot memory, VmStructs structs) {
        VmRanges found = new VmRanges(memory, structs);
        found.attempt(Region.HEAP);
        found.attempt(Region.CODE);
        found.attempt(Region.CDS);
        found.attempt(Region.GC);
        return found;
    }

    List<KnownRange> ranges() {
        return ranges;
    }

    boolean has(Region region) {
        for (KnownRange range : ranges) {
            if (range.region() == region) {
                return true;
            }
        }
        return false;
    }

    /** Returns what could not be read and why. */
    List<String> problems() {
        return problems;
    }

    private void readHeap() throws IOException {
        long heap = memory.word(structs.field("Universe::_collectedHeap"));
        long reserved = heap + structs.field("CollectedHeap::_reserved");
        long start = memory.word(reserved + structs.field("MemRegion::_start"));
        long words = memory.word(reserved + structs.field("MemRegion::_word_size"));
        add(start, start + words * Long.BYTES, Region.HEAP);
    }

    private void readCodeHeaps() throws IOException {
        long heaps = memory.word(structs.field("CodeCache::_heaps"));
        int length = memory.int32(heaps + structs.field("GrowableArrayBase::_len"));
        if (length < 0 || length > MOST_CODE_HEAPS) {
            throw new IOException(length + " code heaps cannot be");
        }
        long data = memory.word(heaps + structs.field("GrowableArray<int>::_data"));
        for (int i = 0; i < length; i++) {
            long codeHeap = memory.word(data + (long) i * Long.BYTES);
            readCode(codeHeap + structs.field("CodeHeap::_memory"));
            readCode(codeHeap + structs.field("CodeHeap::_segmap"));
        }
    }

    private void readCode(long space) throws IOException {
        long low = memory.word(space + structs.field("VirtualSpace::_low_boundary"));
        add(low, memory.word(space + structs.field("VirtualSpace::_high_boundary")), Region.CODE);
    }

    private void readArchive() throws IOException {
        long base = memory.word(structs.field("MetaspaceObj::_shared_metaspace_base"));
        add(base, memory.word(structs.field("MetaspaceObj::_shared_metaspace_top")), Region.CDS);
    }

    private void readCardTable() throws IOException {
        long barrierSet = memory.word(structs.field("BarrierSet::_barrier_set"));
        int kind = memory.int32(barrierSet
                + structs.field("BarrierSet::_fake_rtti")
                + structs.field("BarrierSet::FakeRtti::_concrete_tag"));
        // With other barrier sets there is something else at the offset of the card table.
        if (kind != structs.constant("BarrierSet::CardTableBarrierSet")
                && kind != structs.constant("BarrierSet::G1BarrierSet")) {
            return;
        }
        long cardTable = memory.word(barrierSet + structs.field("CardTableBarrierSet::_card_table"));
        long cards = memory.word(cardTable + structs.field("CardTable::_byte_map"));
        add(cards, cards + memory.word(cardTable + structs.field("CardTable::_byte_map_size")), Region.GC);
    }

    private void add(long start, long end, Region region) {
        if (start > 0 && start < end) { // not there, or a torn read
            ranges.add(new KnownRange(start, end, region, Evidence.VM_STRUCTURE));
        }
    }

    /** Not a lambda for each: the first lambda of a JVM takes it several milliseconds. */
    private void attempt(Region region) {
        try {
            switch (region) {
                case HEAP -> readHeap();
                case CODE -> readCodeHeaps();
                case CDS -> readArchive();
                default -> readCardTable();
            }
        } catch (IOException e) {
            problems.add(region.optionName() + ": " + e.getMessage());
        }
    }
}
