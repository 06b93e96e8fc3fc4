// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedClassesTest {

    private static final long CHUNK = 16L << 20;
    private static final long FIRST = 0x7d00_0000_0000L;
    private static final long SECOND = FIRST + 5 * CHUNK;
    private static final long THIRD = FIRST + 9 * CHUNK;
    private static final int INSTANCE = 24;
    private static final int ARRAY = -1;

    private final FakeHotSpot hotSpot = new FakeHotSpot();

    private List<KnownRange> rootChunks(long head, KnownRange... archives) throws IOException {
        hotSpot.variable("ClassLoaderDataGraph::_head", head)
                .field("ClassLoaderData::_next", 8)
                .field("ClassLoaderData::_klasses", 16)
                .field("Klass::_next_link", 8)
                .field("Klass::_layout_helper", 16)
                .field("InstanceKlass::_constants", 24);
        return LoadedClasses.rootChunks(hotSpot.snapshot(), hotSpot.structs(LoadedClasses.FIELDS), List.of(archives));
    }

    private long loader(long next, long classes) {
        long loader = hotSpot.data(32);
        hotSpot.word(loader + 8, next);
        hotSpot.word(loader + 16, classes);
        return loader;
    }

    private long klass(long address, long next, int layoutHelper, long constants) {
        hotSpot.word(address + 8, next);
        hotSpot.int32(address + 16, layoutHelper);
        hotSpot.word(address + 24, constants);
        return address;
    }

    private static KnownRange chunk(long start) {
        return new KnownRange(start, start + CHUNK, Region.METASPACE, Evidence.VM_STRUCTURE);
    }

    @Test
    void findsTheChunkAroundEachClassOfEachLoaderAndAroundItsConstants() throws IOException {
        long classes = klass(FIRST + 0x100, klass(FIRST + 0x2000, 0, INSTANCE, SECOND + 0x40), INSTANCE, FIRST + 0x500);
        long others = klass(THIRD + CHUNK - 0x40, 0, INSTANCE, FIRST + 0x600);

        assertThat(rootChunks(loader(loader(0, others), classes)))
                .containsExactlyInAnyOrder(chunk(FIRST), chunk(SECOND), chunk(THIRD));
    }

    /** Something else is at the offset of the constants there. */
    @Test
    void asksNoArrayForItsConstants() throws IOException {
        assertThat(rootChunks(loader(0, klass(FIRST, 0, ARRAY, SECOND)))).containsExactly(chunk(FIRST));
        assertThat(rootChunks(loader(0, klass(FIRST, 0, 0, SECOND)))).containsExactly(chunk(FIRST));
    }

    @Test
    void leavesOutClassesInAnArchive() throws IOException {
        long classes = klass(FIRST, klass(SECOND, 0, INSTANCE, SECOND + 8), INSTANCE, FIRST + 8);
        long head = loader(0, classes);

        assertThat(rootChunks(head, range(FIRST + CHUNK - 0x1000, FIRST + 2 * CHUNK, Region.CDS)))
                .containsExactly(chunk(SECOND));
        assertThat(rootChunks(head, range(FIRST - CHUNK, FIRST + 0x1000, Region.CDS)))
                .containsExactly(chunk(SECOND));
        assertThat(rootChunks(head, range(FIRST - CHUNK, FIRST, Region.CDS), range(FIRST + CHUNK, SECOND, Region.CDS)))
                .as("archives that end where a chunk begins, or begin where one ends")
                .containsExactlyInAnyOrder(chunk(FIRST), chunk(SECOND));
        assertThat(rootChunks(head, range(FIRST, FIRST + CHUNK, Region.HEAP))).contains(chunk(FIRST));
    }

    @Test
    void keepsWhatItFoundBeforeAClassWasUnloadedUnderItsEyes() throws IOException {
        long classes = klass(FIRST, 0x6666_0000L, INSTANCE, FIRST + 8);

        assertThat(rootChunks(loader(loader(0, klass(SECOND, 0, INSTANCE, SECOND)), classes)))
                .contains(chunk(FIRST));
    }

    /** A list that was changed while it was read may lead back to where it began. */
    @Test
    void comesToAnEndWhereTheListsDoNot() throws IOException {
        long ring = klass(FIRST, FIRST, INSTANCE, FIRST + 8);
        long loader = loader(0, ring);
        hotSpot.word(loader + 8, loader);

        assertThat(rootChunks(loader)).containsExactly(chunk(FIRST));
    }

    private static KnownRange range(long start, long end, Region region) {
        return new KnownRange(start, end, region, Evidence.VM_STRUCTURE);
    }
}
