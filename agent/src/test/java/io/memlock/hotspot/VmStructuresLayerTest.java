// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.vmstructs.MemorySnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class VmStructuresLayerTest {

    private static final long ARCHIVE = 0x7d00_0000_0000L;

    private final FakeHotSpot hotSpot = new FakeHotSpot();
    private final VmStructuresLayer layer = new VmStructuresLayer();

    @Test
    void tellsThatThereIsNoLibraryToRead() {
        List<Mapping> other =
                List.of(CapturedMaps.mapping("7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /bin/true"));

        assertThat(layer.problem()).isEqualTo("not read yet");
        assertThat(layer.refresh(other, hotSpot.snapshot())).isFalse();
        assertThat(layer.problem()).startsWith("there is no libjvm.so");
        assertThat(layer.readLoadedClasses(List.of(), hotSpot.snapshot(), 0)).isFalse();
        assertThat(layer.fixedRanges()).isEmpty();
        assertThat(layer.stacks()).isEmpty();
        assertThat(layer.javaThreadIds()).isEmpty();
    }

    @Test
    void givesWhatItCouldReadThoughAPartIsNotTold() {
        hotSpot.variable("MetaspaceObj::_shared_metaspace_base", ARCHIVE)
                .variable("MetaspaceObj::_shared_metaspace_top", ARCHIVE + 0x1000);
        hotSpot.link();

        assertThat(layer.refresh(List.of(FakeHotSpot.libjvm()), hotSpot.snapshot()))
                .isTrue();

        assertThat(layer.fixedRanges()).extracting(KnownRange::region).containsExactly(Region.CDS);
        assertThat(layer.problem()).contains("_java_thread_list");
    }

    @Test
    void looksAtTheClassesAgainIfMemoryWasLacking() {
        hotSpot.variable("ClassLoaderDataGraph::_head", 0);
        for (String field : LoadedClasses.FIELDS) {
            if (!field.equals("ClassLoaderDataGraph::_head")) {
                hotSpot.field(field, 8);
            }
        }
        hotSpot.link();
        layer.refresh(List.of(FakeHotSpot.libjvm()), hotSpot.snapshot());
        MemorySnapshot failing = new MemorySnapshot((address, into) -> {
            throw new OutOfMemoryError("Java heap space");
        });

        for (long seconds : new long[] {0, 100}) {
            assertThatThrownBy(() -> layer.readLoadedClasses(List.of(), failing, seconds * 1_000_000_000L))
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void aJvmThatDoesNotTellOfItsClassesHasNoMetaspaceAndAProblem() {
        hotSpot.link();
        MemorySnapshot snapshot = hotSpot.snapshot();
        layer.refresh(List.of(FakeHotSpot.libjvm()), snapshot);

        assertThat(layer.readLoadedClasses(List.of(), snapshot, 0)).isFalse();
        assertThat(layer.metaspace()).isEmpty();
        assertThat(layer.problem()).contains("ClassLoaderData");
    }
}
