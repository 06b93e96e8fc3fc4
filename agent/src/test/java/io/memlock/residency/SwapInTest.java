// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.RecordingLibC;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.KernelVersion;
import io.memlock.proc.Pagemap;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of private memory, all of which is in swap. */
class SwapInTest {

    private static final int PAGE = 4096;
    private static final long SWAPPED = 1L << 62 | 1L << 56;
    private static final long PIECE = Populator.GENTLE_PIECE_BYTES;
    private static final String ZGC_HEAP = "/memfd:java_heap (deleted)";
    private static final List<Segment> SEGMENTS = List.of(segment(0, 2 * PIECE), segment(2 * PIECE, 4 * PIECE));

    private final FakeKernel kernel = new FakeKernel();
    private final RecordingLibC libc = new RecordingLibC(kernel);

    @TempDir
    private Path directory;

    private static Segment segment(long start, long end) {
        Mapping mapping = new Mapping(start, end, true, true, false, false, 0, 0, "", Backing.MEMORY);
        return new Segment(start, end, Region.HEAP, Evidence.NONE, mapping);
    }

    private static Segment heapFile(long start, long end, Backing backing, String path) {
        Mapping mapping = new Mapping(start, end, true, true, false, true, 0, 7, path, backing);
        return new Segment(start, end, Region.HEAP, Evidence.MAPPING_NAME, mapping);
    }

    private SwapIn swapIn(LibC calls) {
        return swapIn(calls, nanos -> {});
    }

    private SwapIn swapIn(LibC calls, Pause pause) {
        Progress progress = new Progress(new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.QUIET));
        return new SwapIn(new Populator(calls, new KernelVersion(6, 1)), kernel::maps, pause, progress);
    }

    private Pagemap allSwapped() throws IOException {
        int pages = (int) (4 * PIECE / PAGE);
        ByteBuffer entries = ByteBuffer.allocate(pages * Long.BYTES).order(ByteOrder.nativeOrder());
        for (int page = 0; page < pages; page++) {
            entries.putLong(SWAPPED);
        }
        Path self = Files.createDirectories(directory.resolve("self"));
        Files.write(self.resolve("pagemap"), entries.array());
        return new ProcFs(directory.toFile(), directory.toFile()).pagemap(ProcFs.SELF, PAGE);
    }

    @Test
    void readsAllBackWhereNothingStopsIt() throws IOException {
        SwapIn swapIn = swapIn(libc);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false))
                    .isEqualTo(new ReadBack(4 * PIECE, List.of(), null));
        }
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(4 * PIECE);
    }

    /** One piece at least, so that whoever goes on with the rest comes to an end. */
    @Test
    void tellsWhatIsLeftWhenItIsToStop() throws IOException {
        List<Segment> left = SEGMENTS;
        for (int round = 1; round <= 4; round++) {
            try (Pagemap pagemap = allSwapped()) {
                ReadBack own = swapIn(libc).own(pagemap, left, 4 * PIECE, () -> true);

                assertThat(own.broughtBytes()).isEqualTo(PIECE);
                left = own.left();
                assertThat(Segment.length(left)).isEqualTo((4 - round) * PIECE);
            }
        }
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(4 * PIECE);
    }

    @Test
    void tellsWhatCannotBeReadBack() throws IOException {
        kernel.filter.put("madvise", Errno.EAGAIN);
        SwapIn swapIn = swapIn(kernel);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false))
                    .isEqualTo(
                            new ReadBack(0, List.of(), "1.0 MiB: the kernel answered " + Errno.describe(Errno.EAGAIN)));
        }
    }

    /** What is in RAM of a file only mincore tells, for which a filter may end the process. */
    @Test
    void goesThroughAllOfAHeapFileWhereNobodyMayAskWhatIsThere() {
        kernel.deadly.add("mincore");
        List<Segment> heap = List.of(heapFile(0, 4 * PIECE, Backing.MEMORY, ZGC_HEAP));

        assertThat(swapIn(libc).heapFile(null, heap, () -> false)).isEqualTo(ReadBack.NOTHING);

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(4 * PIECE);
        assertThat(kernel.died).isEmpty();
    }

    /** As with -XX:AllocateHeapAt: most of it was never touched. */
    @Test
    void readsNoHeapFileOnADiskBack() {
        Segment onDisk = heapFile(0, 4 * PIECE, Backing.FILE, "/data/jvmheap.a1B2c3 (deleted)");
        for (long page = 0; page < 4 * PIECE; page += PAGE) {
            kernel.absent.add(page);
        }

        assertThat(swapIn(libc).heapFile(new Mincore(kernel, PAGE), List.of(onDisk), () -> false))
                .isEqualTo(ReadBack.NOTHING);

        assertThat(libc.madvised).isEmpty();
    }

    @Test
    void readsAHeapFileInMemoryBack() {
        Segment inMemory = heapFile(0, 4 * PIECE, Backing.MEMORY, "/dev/shm/jvmheap.a1B2c3 (deleted)");
        kernel.absent.add(0L);

        swapIn(libc).heapFile(new Mincore(kernel, PAGE), List.of(inMemory), () -> false);

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(4 * PIECE);
    }

    private static Segment shared(Region region, Backing backing) {
        Mapping mapping = new Mapping(0, 4 * PIECE, true, true, false, true, 0, 7, "/dev/shm/ring", backing);
        return new Segment(0, 4 * PIECE, region, Evidence.MAPPING_NAME, mapping);
    }

    @Test
    void readsSharedMemoryBackAndFillsNoHole() {
        kernel.holes.add(0L);
        kernel.holes.add(5L * PAGE);
        kernel.absent.addAll(List.of(4L * PAGE, 6L * PAGE, PIECE));

        assertThat(swapIn(libc)
                        .sharedMemory(
                                new Mincore(kernel, PAGE), List.of(shared(Region.SHM, Backing.MEMORY)), () -> false))
                .isEqualTo(new ReadBack(3 * PAGE, List.of(), null));

        assertThat(libc.madvised.stream()
                        .filter(call -> call.advice() == Linux.MADV_POPULATE_READ)
                        .distinct())
                .containsExactlyInAnyOrder(
                        new RecordingLibC.Advice(PAGE, 4L * PAGE, Linux.MADV_POPULATE_READ),
                        new RecordingLibC.Advice(6L * PAGE, PIECE - 6L * PAGE, Linux.MADV_POPULATE_READ),
                        new RecordingLibC.Advice(PIECE, PIECE, Linux.MADV_POPULATE_READ),
                        new RecordingLibC.Advice(2 * PIECE, PIECE, Linux.MADV_POPULATE_READ),
                        new RecordingLibC.Advice(3 * PIECE, PIECE, Linux.MADV_POPULATE_READ));
    }

    /** The kernel reads without waiting. */
    @Test
    void comesBackForSharedMemoryThatWasNotThereYet() {
        kernel.filter.put("madvise", Errno.EAGAIN);
        kernel.absent.addAll(List.of(0L, PIECE));
        List<Segment> segments = List.of(shared(Region.SHM, Backing.MEMORY));

        ReadBack back = swapIn(libc, nanos -> kernel.absent.remove(0L))
                .sharedMemory(new Mincore(kernel, PAGE), segments, () -> false);

        assertThat(back.broughtBytes()).isEqualTo(PAGE);
        assertThat(libc.madvised).contains(new RecordingLibC.Advice(0, PIECE, Linux.MADV_POPULATE_READ));
    }

    @Test
    void readsNoFileOfADiskBackAndStopsInTime() {
        kernel.absent.addAll(List.of(0L, PIECE));
        Mincore pages = new Mincore(kernel, PAGE);

        swapIn(libc).sharedMemory(pages, List.of(shared(Region.MAPPED, Backing.FILE)), () -> false);
        assertThat(libc.madvised).isEmpty();

        swapIn(libc).sharedMemory(pages, List.of(shared(Region.SHM, Backing.MEMORY)), () -> true);
        assertThat(kernel.absent).containsExactly(PIECE);
    }

    @Test
    void whatIsUnmappedMeanwhileIsNoFailure() throws IOException {
        kernel.filter.put("madvise", Errno.ENOMEM);
        SwapIn swapIn = swapIn(kernel);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false).refusal())
                    .isNull();
        }
    }

    /** As in a cgroup that is full and has nobody whom the kernel may kill. */
    @Test
    void whatIsMappedStillAndFindsNoMemoryIsAFailure() throws IOException {
        kernel.commit(Region.HEAP, 0, 4 * PIECE);
        kernel.filter.put("madvise", Errno.ENOMEM);
        SwapIn swapIn = swapIn(kernel);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false).refusal())
                    .isEqualTo("1.0 MiB: the kernel answered " + Errno.describe(Errno.ENOMEM));
        }
    }

    /** The OOM killer is near meanwhile, and whoever stops this holds the lock's monitor. One piece is tried at least. */
    @Test
    void whatFindsNoMemoryIsTriedAgainOnlyUntilItIsToStop() throws IOException {
        kernel.commit(Region.HEAP, 0, 4 * PIECE);
        kernel.filter.put("madvise", Errno.ENOMEM);
        AtomicInteger tries = new AtomicInteger();
        kernel.onMadvise = tries::incrementAndGet;
        SwapIn swapIn = swapIn(kernel);
        try (Pagemap pagemap = allSwapped()) {
            ReadBack own = swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> tries.get() > 4);

            assertThat(tries).hasValue(5);
            assertThat(own.left())
                    .extracting(Segment::start, Segment::end)
                    .containsExactly(tuple(PIECE, 2 * PIECE), tuple(2 * PIECE, 4 * PIECE));
            assertThat(own.refusal()).startsWith("256.0 KiB: ");
        }
    }

    /** Only up to the hole the kernel has populated. */
    @Test
    void whatLiesBehindAHoleIsTriedAgain() throws IOException {
        kernel.commit(Region.HEAP, 0, PIECE);
        kernel.commit(Region.HEAP, PIECE + PIECE / 2, 3 * PIECE - PIECE / 2);
        libc.refused.put(PIECE, Errno.ENOMEM);
        SwapIn swapIn = swapIn(libc);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false).refusal())
                    .isNull();
        }
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(4 * PIECE - PIECE / 2);
    }

    /** What nobody may access any more the kernel refuses as it refuses a mistake. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsUncommittedMeanwhileIsNoFailure(boolean isUncommitted) throws IOException {
        kernel.commit(Region.HEAP, 0, 4 * PIECE);
        if (isUncommitted) {
            kernel.reserve(Region.HEAP, PIECE, PIECE);
        }
        libc.refused.put(PIECE, Errno.EINVAL);
        SwapIn swapIn = swapIn(libc);
        try (Pagemap pagemap = allSwapped()) {
            assertThat(swapIn.own(pagemap, SEGMENTS, 4 * PIECE, () -> false))
                    .isEqualTo(new ReadBack(
                            3 * PIECE,
                            List.of(),
                            isUncommitted ? null : "256.0 KiB: the kernel answered " + Errno.describe(Errno.EINVAL)));
        }
    }
}
