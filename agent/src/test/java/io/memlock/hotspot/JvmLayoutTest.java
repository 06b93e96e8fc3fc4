// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.vmstructs.ElfImage;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.ProcessMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the JVM that runs the tests, whatever its collector. */
class JvmLayoutTest {

    private static final long PID = ProcessHandle.current().pid();

    @Test
    void findsHeapCodeAndStacksWithoutAskingTheJvm() throws IOException {
        JvmLayout layout = JvmLayout.of(PID, 4096);
        List<Segment> segments = layout.classifyUnasked(maps());

        assertThat(segments)
                .anyMatch(segment ->
                        segment.region() == Region.HEAP && segment.mapping().writable());
        assertThat(segments)
                .filteredOn(segment ->
                        segment.mapping().executable() && segment.mapping().writable())
                .isNotEmpty()
                .allMatch(segment -> segment.region() == Region.CODE && segment.evidence() == Evidence.VM_STRUCTURE);
        assertThat(segments)
                .filteredOn(segment -> segment.evidence() == Evidence.VM_STRUCTURE && segment.region() == Region.STACKS)
                .hasSizeGreaterThan(3);
        assertThat(layout.layers().get(0).problem()).isEmpty();
    }

    @Test
    void findsTheStackOfANewThread() throws Exception {
        JvmLayout layout = JvmLayout.of(PID, 4096);
        layout.classifyUnasked(maps());
        long before = javaStackBytes(layout);
        Thread thread = new Thread(JvmLayoutTest::sleep);
        thread.start();
        try {
            assertThat(javaStackBytes(layout)).isGreaterThan(before);
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void findsMetaspaceWithoutAskingTheJvm() throws IOException {
        JvmLayout layout = JvmLayout.of(PID, 4096);
        layout.classifyUnasked(maps());

        assertThat(layout.askJvm(0)).isTrue();
        assertThat(layout.classifyUnasked(maps()))
                .filteredOn(segment -> segment.region() == Region.METASPACE
                        && segment.mapping().writable())
                .hasSizeGreaterThan(1);
        assertThat(layout.askJvm(0)).isFalse();
    }

    @Test
    void findsALargeAllocationOfMalloc() throws IOException {
        JvmLayout layout = JvmLayout.of(PID, 4096);
        ByteBuffer allocated = ByteBuffer.allocateDirect(48 << 20);

        assertThat(layout.classifyUnasked(maps()))
                .anyMatch(segment -> segment.region() == Region.NATIVE && segment.length() >= allocated.capacity());
    }

    @Test
    void returnsTheSameListWhenNothingChanged() throws IOException {
        JvmLayout layout = JvmLayout.of(PID, 4096);
        List<Mapping> maps = maps();
        List<Segment> first = layout.classifyUnasked(maps);
        for (int attempt = 0; attempt < 10; attempt++) { // a thread of the JVM may come or go between two
            List<Segment> next = layout.classifyUnasked(maps);
            if (next == first) {
                return;
            }
            first = next;
        }
        throw new AssertionError("ten times another list");
    }

    @Test
    void classifiesByNameWhenNothingAnswers() throws IOException {
        JvmLayout layout = JvmLayout.of(Integer.MAX_VALUE, 4096);
        assertThat(layout.classifyUnasked(maps()))
                .anyMatch(segment -> segment.region() == Region.LIBS)
                .noneMatch(segment -> segment.evidence() == Evidence.VM_STRUCTURE);
        assertThat(layout.layers()).allMatch(layer -> !layer.problem().isEmpty());
    }

    @Test
    void anAddressThatIsNotMappedIsAnErrorAndNoCrash() throws IOException {
        try (ProcessMemory memory = new ProcessMemory(new FileOpener.Jdk(), "/proc/self")) {
            assertThatThrownBy(() -> memory.read(0x1000, new byte[8])).isInstanceOf(IOException.class);
        }
    }

    @Test
    void memoryWithoutALibraryIsNotTakenForOne() {
        MemorySnapshot zeros = new MemorySnapshot((address, into) -> {});

        assertThatThrownBy(() -> new ElfImage(zeros, 0x1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ELF");
    }

    @Test
    void aNumberMayCrossTheEndOfABlock() throws IOException {
        MemorySnapshot counting = new MemorySnapshot((address, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (byte) (address + i);
            }
        });

        assertThat(counting.word(0x1ffd)).isEqualTo(0x040302_01_00_fffefdL);
        assertThat(counting.int32(0x1ffe)).isEqualTo(0x0100_fffe);
    }

    private static long javaStackBytes(JvmLayout layout) throws IOException {
        return layout.classifyUnasked(maps()).stream()
                .filter(segment -> segment.region() == Region.STACKS && segment.evidence() == Evidence.VM_STRUCTURE)
                .mapToLong(Segment::length)
                .sum();
    }

    private static List<Mapping> maps() throws IOException {
        return CapturedMaps.ofFile("/proc/self/maps");
    }

    private static void sleep() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
