// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.ProcFs;
import io.memlock.vmstructs.ElfImage;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.ProcessMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** On the JVM that runs the tests, whatever its collector. */
class JvmLayoutTest {

    private static final ProcFs PROC = new ProcFs();
    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @Test
    void findsHeapCodeAndStacksWithoutAskingTheJvm() throws IOException {
        JvmLayout layout = JvmLayout.of(PROC, PID);
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
        JvmLayout layout = JvmLayout.of(PROC, PID);
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
        JvmLayout layout = JvmLayout.of(PROC, PID);
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
        JvmLayout layout = JvmLayout.of(PROC, PID);
        ByteBuffer allocated = ByteBuffer.allocateDirect(48 << 20);

        assertThat(layout.classifyUnasked(maps()))
                .anyMatch(segment -> segment.region() == Region.NATIVE && segment.length() >= allocated.capacity());
    }

    @Test
    void findsAtTheFirstLookWhatMallocAllocatedAndWhereMetaspaceIs() throws IOException {
        ByteBuffer allocated = ByteBuffer.allocateDirect(48 << 20);

        assertThat(JvmLayout.of(PROC, PID).classify(maps()))
                .anyMatch(segment -> segment.region() == Region.METASPACE)
                .anyMatch(segment -> segment.region() == Region.NATIVE && segment.length() >= allocated.capacity());
    }

    @Test
    void completesAFirstLookThatAnErrorEnded() throws IOException {
        JvmLayout layout = new JvmLayout(failingAtSecondLook(), "/proc/self", null, 4096);
        List<Mapping> maps = maps();
        ByteBuffer allocated = ByteBuffer.allocateDirect(48 << 20);
        List<Mapping> now = maps();

        assertThatThrownBy(() -> layout.classify(maps)).isInstanceOf(OutOfMemoryError.class);
        assertThat(layout.classify(now))
                .anyMatch(segment -> segment.region() == Region.NATIVE && segment.length() >= allocated.capacity());
        assertThat(layout.classify(now)).isNotEmpty();
    }

    @Test
    void returnsTheSameListWhenNothingChanged() throws IOException {
        JvmLayout layout = JvmLayout.of(PROC, PID);
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
    void findsANewMappingThatCouldNotBeClassifiedAtFirst() {
        JvmLayout layout = JvmLayout.ofThisJvm(null, failingAtSecondLook(), 4096);
        Mapping first = CapturedMaps.mapping("10000000-10100000 rw-p 00000000 00:00 0");
        Mapping second = CapturedMaps.mapping("20000000-20100000 rw-p 00000000 00:00 0");
        layout.classifyUnasked(List.of(first));

        assertThatThrownBy(() -> layout.classifyUnasked(List.of(first, second))).isInstanceOf(OutOfMemoryError.class);
        assertThat(layout.classifyUnasked(List.of(first, second)))
                .extracting(Segment::mapping)
                .containsExactly(first, second);
    }

    @Test
    void usesWhatTheJvmToldThoughItCouldNotBeUsedAtFirst() {
        String metaspace = "- node #0: base 0x0000000020000000: reserved=65536.00 KB, committed=65536.00 KB\n";
        JvmLayout layout = new JvmLayout(
                failingAtSecondLook(),
                "/proc/self",
                command -> command.equals(DiagnosticReports.METASPACE) ? metaspace : "",
                4096);
        List<Mapping> maps = List.of(
                CapturedMaps.mapping("10000000-10100000 rw-p 00000000 00:00 0"),
                CapturedMaps.mapping("20000000-24000000 rw-p 00000000 00:00 0"));
        layout.classifyUnasked(maps);

        assertThatThrownBy(() -> layout.askJvm(0)).isInstanceOf(OutOfMemoryError.class);
        assertThat(layout.classifyUnasked(maps))
                .extracting(Segment::region)
                .containsExactly(Region.OTHER, Region.METASPACE);
    }

    @Test
    void classifiesByNameWhenNothingAnswers() throws IOException {
        JvmLayout layout = JvmLayout.of(PROC, Integer.toString(Integer.MAX_VALUE));
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

    /** Opens files, and fails for lack of memory when the memory of the process is opened for the second time. */
    private static FileOpener failingAtSecondLook() {
        AtomicInteger looks = new AtomicInteger();
        return file -> {
            if (file.getName().equals("mem") && looks.incrementAndGet() == 2) {
                throw new OutOfMemoryError("Java heap space");
            }
            return new FileOpener.Jdk().open(file);
        };
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
