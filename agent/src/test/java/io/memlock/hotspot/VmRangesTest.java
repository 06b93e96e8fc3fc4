// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmRangesTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0xf000_0000L;
    private static final long CODE = 0x7e00_0000_0000L;
    private static final long SEGMENT_MAP = 0x7e10_0000_0000L;
    private static final long ARCHIVE = 0x7d00_0000_0000L;
    private static final long CARDS = 0x7c00_0000_0000L;
    private static final int G1 = 3;
    private static final int CARD_TABLE = 5;
    private static final int OTHER = 7;

    private final FakeHotSpot hotSpot = new FakeHotSpot();
    private final long heap = hotSpot.data(64);
    private final long codeHeaps = hotSpot.data(64);
    private final long barrierSet = hotSpot.data(64);

    VmRangesTest() {
        hotSpot.variable("Universe::_collectedHeap", heap)
                .field("CollectedHeap::_reserved", 16)
                .field("MemRegion::_start", 0)
                .field("MemRegion::_word_size", 8)
                .variable("CodeCache::_heaps", codeHeaps)
                .field("GrowableArrayBase::_len", 4)
                .field("GrowableArray<int>::_data", 8)
                .field("CodeHeap::_memory", 8)
                .field("CodeHeap::_segmap", 40)
                .field("VirtualSpace::_low_boundary", 0)
                .field("VirtualSpace::_high_boundary", 8)
                .variable("MetaspaceObj::_shared_metaspace_base", ARCHIVE)
                .variable("MetaspaceObj::_shared_metaspace_top", ARCHIVE + 12 * MIB)
                .variable("BarrierSet::_barrier_set", barrierSet)
                .field("BarrierSet::_fake_rtti", 8)
                .field("BarrierSet::FakeRtti::_concrete_tag", 4)
                .constant("BarrierSet::CardTableBarrierSet", CARD_TABLE)
                .constant("BarrierSet::G1BarrierSet", G1)
                .field("CardTableBarrierSet::_card_table", 24)
                .field("CardTable::_byte_map", 16)
                .field("CardTable::_byte_map_size", 32);
        hotSpot.word(heap + 16, HEAP);
        hotSpot.word(heap + 24, 256 * MIB / Long.BYTES);
        codeHeaps(1);
        long cardTable = hotSpot.data(64);
        hotSpot.word(barrierSet + 24, cardTable);
        hotSpot.word(cardTable + 16, CARDS);
        hotSpot.word(cardTable + 32, MIB);
        barrierSetIs(G1);
    }

    private void codeHeaps(int count) {
        hotSpot.int32(codeHeaps + 4, count);
        long pointers = hotSpot.data(Math.max(1, count) * 8L);
        hotSpot.word(codeHeaps + 8, pointers);
        for (int i = 0; i < count; i++) {
            long codeHeap = hotSpot.data(64);
            hotSpot.word(pointers + i * 8L, codeHeap);
            hotSpot.word(codeHeap + 8, CODE + i * 64L * MIB);
            hotSpot.word(codeHeap + 16, CODE + (i + 1) * 64L * MIB);
            hotSpot.word(codeHeap + 40, SEGMENT_MAP + i * MIB);
            hotSpot.word(codeHeap + 48, SEGMENT_MAP + (i + 1) * MIB);
        }
    }

    private void barrierSetIs(int kind) {
        hotSpot.int32(barrierSet + 12, kind);
    }

    private VmRanges read() throws IOException {
        return VmRanges.read(hotSpot.snapshot(), hotSpot.structs(VmRanges.FIELDS));
    }

    @Test
    void findsWhatIsReservedForEach() throws IOException {
        VmRanges found = read();

        assertThat(found.ranges())
                .containsExactly(
                        range(HEAP, HEAP + 256 * MIB, Region.HEAP),
                        range(CODE, CODE + 64 * MIB, Region.CODE),
                        range(SEGMENT_MAP, SEGMENT_MAP + MIB, Region.CODE),
                        range(ARCHIVE, ARCHIVE + 12 * MIB, Region.CDS),
                        range(CARDS, CARDS + MIB, Region.GC));
        assertThat(found.problems()).isEmpty();
        assertThat(found.has(Region.CODE)).isTrue();
        assertThat(found.has(Region.STACKS)).isFalse();
    }

    /** As many as there are kinds of code, and some to come. */
    @Test
    void findsAllCodeHeaps() throws IOException {
        codeHeaps(16);

        assertThat(read().ranges())
                .filteredOn(range -> range.region() == Region.CODE)
                .hasSize(32)
                .contains(range(CODE + 15 * 64 * MIB, CODE + 16 * 64 * MIB, Region.CODE));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 17, Integer.MAX_VALUE})
    void believesNoNumberOfCodeHeapsThatCannotBe(int count) throws IOException {
        hotSpot.int32(codeHeaps + 4, count);

        VmRanges found = read();

        assertThat(found.problems()).containsExactly("code: " + count + " code heaps cannot be");
        assertThat(found.has(Region.CODE)).isFalse();
        assertThat(found.has(Region.HEAP)).as("all else").isTrue();
        assertThat(found.has(Region.GC)).isTrue();
    }

    @Test
    void findsTheCardTableOfTheCollectorsThatHaveOne() throws IOException {
        barrierSetIs(CARD_TABLE);
        assertThat(read().has(Region.GC)).isTrue();

        barrierSetIs(OTHER);
        assertThat(read().has(Region.GC)).as("another barrier set").isFalse();
        assertThat(read().problems()).isEmpty();
    }

    @Test
    void whatIsNotThereIsNoRange() throws IOException {
        hotSpot.word(heap + 16, 0);
        hotSpot.word(heap + 24, 256 * MIB);
        hotSpot.word(hotSpot.data(8), 0);
        codeHeaps(0);

        VmRanges found = read();

        assertThat(found.has(Region.HEAP))
                .as("a JVM that is only just starting")
                .isFalse();
        assertThat(found.has(Region.CODE)).isFalse();
    }

    @Test
    void whatThisJvmDoesNotTellIsNamed() throws IOException {
        FakeHotSpot silent = new FakeHotSpot();

        VmRanges found = VmRanges.read(silent.snapshot(), silent.structs(VmRanges.FIELDS));

        assertThat(found.ranges()).isEmpty();
        assertThat(found.problems())
                .containsExactly(
                        "heap: this JVM does not tell where Universe::_collectedHeap is",
                        "code: this JVM does not tell where CodeCache::_heaps is",
                        "cds: this JVM does not tell where MetaspaceObj::_shared_metaspace_base is",
                        "gc: this JVM does not tell where BarrierSet::_barrier_set is");
    }

    private static KnownRange range(long start, long end, Region region) {
        return new KnownRange(start, end, region, Evidence.VM_STRUCTURE);
    }
}
