// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.memlock.os.Linux;
import io.memlock.proc.KernelVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefaultTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final String ZGC_HEAP = "/memfd:java_heap (deleted)";

    private final FakeKernel kernel = new FakeKernel();
    private final RecordingLibC libc = new RecordingLibC(kernel);
    private final Progress progress =
            new Progress(new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.QUIET));
    private final List<Long> pauses = Collections.synchronizedList(new ArrayList<>());

    private long hugePageBytes;

    private String run(KernelVersion version, List<Segment> segments, long resident, long headroom, boolean isLive)
            throws IOException {
        List<Region> heap = List.of(Region.HEAP);
        Headroom room = new Headroom(headroom, "the host");
        return isLive
                ? prefault(version, 2).runLive(segments, heap, (wanted, live) -> resident, room, () -> false)
                : prefault(version, 2).run(segments, heap, (wanted, live) -> resident, room);
    }

    private Prefault prefault(KernelVersion version, int cpus) {
        return new Prefault(
                new Populator(libc, version), kernel::maps, pauses::add, progress, cpus, () -> hugePageBytes);
    }

    private List<Segment> heap(long bytes) {
        kernel.commit(Region.HEAP, HEAP, bytes);
        kernel.reserve(Region.HEAP, HEAP + bytes, bytes);
        kernel.commit(Region.CODE, HEAP + 4 * bytes, MIB);
        kernel.refresh();
        return kernel.segments();
    }

    @Test
    void populatesWhatIsCommittedOfTheRegionsAndNothingElse() throws IOException {
        assertThat(run(new KernelVersion(6, 1), heap(64 * MIB), 0, 64 * MIB, false))
                .isNull();

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(64 * MIB);
        assertThat(libc.lowest()).isEqualTo(HEAP);
        assertThat(pauses).isEmpty();
    }

    /** A heap that shrinks loses all access to what it gives up. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnWithTheRestWhereSomeHasGoneMeanwhile(boolean isLive) throws IOException {
        List<Segment> heap = heap(64 * MIB);
        long gone = HEAP + 16 * MIB;
        kernel.reserve(Region.HEAP, gone, MIB);
        libc.refused.put(gone, Errno.EINVAL);

        assertThat(run(new KernelVersion(6, 1), heap, 0, 64 * MIB, isLive)).isNull();

        long lost = isLive ? Populator.GENTLE_PIECE_BYTES : MIB;
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(64 * MIB - lost);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINVAL, Errno.EFAULT, Errno.EAGAIN})
    void tellsWhatIsRefusedThoughItIsThereAndGoesOnWithTheRest(int errno) throws IOException {
        List<Segment> heap = heap(64 * MIB);
        libc.refused.put(HEAP + 16 * MIB, errno);

        assertThat(run(new KernelVersion(6, 1), heap, 0, 64 * MIB, false))
                .isEqualTo("the kernel answered " + Errno.describe(errno));

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(48 * MIB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnAroundGuards(boolean isLive) throws IOException {
        List<Segment> heap = heap(64 * MIB);
        libc.areGuards = true;
        libc.inaccessible.addAll(List.of(HEAP, HEAP + 7 * FakeKernel.PAGE, HEAP + 20 * MIB - FakeKernel.PAGE));

        assertThat(run(new KernelVersion(6, 18), heap, 0, 64 * MIB, isLive)).isNull();

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(64 * MIB - 3 * FakeKernel.PAGE);
    }

    @Test
    void tellsWhatIsRefusedThoughItIsNoGuard() throws IOException {
        List<Segment> heap = heap(64 * MIB);
        libc.inaccessible.add(HEAP + 20 * MIB);

        assertThat(run(new KernelVersion(6, 18), heap, 0, 64 * MIB, false))
                .isEqualTo("the kernel answered " + Errno.describe(Errno.EFAULT));
    }

    /** The application has truncated it. */
    @Test
    void readsAFileUpToItsEnd() throws IOException {
        kernel.mapFile(HEAP, MIB, "/data/index");
        kernel.refresh();
        for (long page = HEAP + FakeKernel.PAGE; page < HEAP + MIB; page += FakeKernel.PAGE) {
            libc.inaccessible.add(page);
        }

        String refusal = prefault(new KernelVersion(6, 18), 1)
                .run(kernel.segments(), List.of(Region.MAPPED), (wanted, live) -> 0, new Headroom(MIB, "the host"));

        assertThat(refusal).isNull();
        assertThat(libc.madvised.stream()
                        .mapToLong(RecordingLibC.Advice::length)
                        .sum())
                .isEqualTo(FakeKernel.PAGE);
    }

    @Test
    void stopsWithWhatIsToBeTriedAgain() throws IOException {
        List<Segment> heap = heap(MIB);
        long last = HEAP + MIB - Populator.GENTLE_PIECE_BYTES;
        libc.refused.put(last, Errno.EINVAL);
        AtomicInteger asked = new AtomicInteger();

        String refusal = prefault(new KernelVersion(6, 1), 1)
                .runLive(
                        heap,
                        List.of(Region.HEAP),
                        (wanted, live) -> 0,
                        new Headroom(MIB, "the host"),
                        () -> asked.incrementAndGet() > MIB / Populator.GENTLE_PIECE_BYTES);

        assertThat(refusal).contains("not enough memory any more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[vvar]", "[vdso]", "[uprobes]", "anon_inode:[io_uring]"})
    void asksForNothingThatIsTheKernels(String path) throws IOException {
        Backing backing = path.startsWith("[") ? Backing.NONE : Backing.DRIVER;
        Mapping mapping = new Mapping(HEAP, HEAP + MIB, true, false, false, false, 0, 0, path, backing);
        Segment segment = new Segment(HEAP, HEAP + MIB, Region.OTHER, Evidence.NONE, mapping);

        assertThat(PrefaultNeed.bytes(List.of(segment), List.of(Region.OTHER))).isZero();
    }

    @Test
    void stopsOnALiveJvmWhenItIsTold() throws IOException {
        String refusal = prefault(new KernelVersion(6, 1), 2)
                .runLive(
                        heap(64 * MIB),
                        List.of(Region.HEAP),
                        (wanted, live) -> 0,
                        new Headroom(64 * MIB, "the host"),
                        () -> libc.populatedBytes(Linux.MADV_POPULATE_WRITE) >= 8 * MIB);

        assertThat(refusal).contains("not enough memory any more");
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(8 * MIB);
    }

    @Test
    void pausesBetweenSmallPiecesOnALiveJvm() throws IOException {
        assertThat(run(new KernelVersion(6, 1), heap(64 * MIB), 0, 64 * MIB, true))
                .isNull();

        assertThat(libc.largestPiece()).isEqualTo(Populator.GENTLE_PIECE_BYTES);
        assertThat(pauses).hasSize(256);
    }

    /** Nobody runs yet whom it could disturb, on one CPU either. */
    @Test
    void doesNotPauseBeforeTheApplicationRunsOnOneCpu() throws IOException {
        Headroom headroom = new Headroom(64 * MIB, "the host");

        String refusal = prefault(new KernelVersion(6, 1), 1)
                .run(heap(64 * MIB), List.of(Region.HEAP), (regions, isLive) -> 0, headroom);

        assertThat(refusal).isNull();
        assertThat(pauses).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void doesWithTheThreadsThatCanBeHad(int most) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        ThreadFactory limited = work -> new Thread(work) {
            @Override
            public synchronized void start() {
                if (asked.getAndIncrement() == most) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.start();
            }
        };
        Populator populator = new Populator(libc, new KernelVersion(6, 1));

        String refusal = new Prefault(populator, kernel::maps, pauses::add, progress, 4, () -> 0, limited)
                .run(heap(64 * MIB), List.of(Region.HEAP), (regions, isLive) -> 0, new Headroom(64 * MIB, "the host"));

        assertThat(refusal).isNull();
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(64 * MIB);
        assertThat(asked).as("it asks no more once it got none").hasValue(most + 1);
    }

    @Test
    void populatesByLockingBeforeLinux514AndLeavesTheLockOnFault() throws IOException {
        assertThat(run(new KernelVersion(5, 13), heap(8 * MIB), 0, 8 * MIB, true))
                .isNull();

        assertThat(libc.madvised).isEmpty();
        assertThat(libc.mlockedBytes).isEqualTo(8 * MIB);
        assertThat(kernel.isLockedOnFault(HEAP)).isTrue();
    }

    /** The lock of a piece makes a mapping of it for a moment, and the kernel splits huge pages where mappings end. */
    @Test
    void splitsNoHugePageBeforeLinux514() throws IOException {
        hugePageBytes = 2 * MIB;
        long start = HEAP + MIB + FakeKernel.PAGE;
        kernel.commit(Region.HEAP, start, 8 * MIB);
        kernel.refresh();

        assertThat(run(new KernelVersion(5, 13), kernel.segments(), 0, 8 * MIB, true))
                .isNull();

        assertThat(libc.mlocked).hasSize(5);
        assertThat(libc.mlocked.get(0)).isEqualTo(start);
        assertThat(libc.mlocked.subList(1, 5)).allMatch(address -> address % (2 * MIB) == 0);
        assertThat(libc.mlockedBytes).isEqualTo(8 * MIB);
    }

    @Test
    void refusesWhatThereIsNoMemoryForAndSaysByHowMuch() throws IOException {
        String refusal = run(new KernelVersion(6, 1), heap(64 * MIB), 16 * MIB, 40 * MIB, false);

        assertThat(refusal).isEqualTo("needs 48.0 MiB more memory, the host has 40.0 MiB left: 8.0 MiB too little");
        assertThat(libc.madvised).isEmpty();
    }

    @Test
    void dirtiesNoFileOfTheApplications() throws IOException {
        Mapping mapping = new Mapping(HEAP, HEAP + MIB, true, true, false, true, 0, 7, "/data/index", Backing.FILE);
        Segment segment = new Segment(HEAP, HEAP + MIB, Region.MAPPED, Evidence.MAPPING_NAME, mapping);
        Prefault prefault = prefault(new KernelVersion(6, 1), 2);
        Headroom headroom = new Headroom(MIB, "the host");

        assertThat(prefault.runLive(
                        List.of(segment), List.of(Region.MAPPED), (regions, isLive) -> 0, headroom, () -> false))
                .isNull();

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isZero();
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(MIB);
    }

    @Test
    void countsThreeViewsOfOneFileOnce() throws IOException {
        List<Segment> views = List.of(
                view(1L << 42, 64 * MIB, 0, ZGC_HEAP),
                view(2L << 42, 64 * MIB, 0, ZGC_HEAP),
                view(3L << 42, 64 * MIB, 0, ZGC_HEAP));

        assertThat(run(new KernelVersion(6, 1), views, 0, 64 * MIB, false)).isNull();
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_WRITE)).isEqualTo(192 * MIB);
    }

    /** A lock that holds a part of a view cuts it, and no other. */
    @Test
    void countsAFileOnceWhereItsViewsAreCutInDifferentPlaces() throws IOException {
        List<Segment> views = List.of(
                view(1L << 42, 64 * MIB, 0, ZGC_HEAP),
                view(2L << 42, 24 * MIB, 0, ZGC_HEAP),
                view((2L << 42) + 24 * MIB, 40 * MIB, 24 * MIB, ZGC_HEAP));

        assertThat(PrefaultNeed.bytes(views, List.of(Region.HEAP))).isEqualTo(64 * MIB);
        assertThat(run(new KernelVersion(6, 1), views, 0, 64 * MIB, false)).isNull();
    }

    @Test
    void countsFilesOfTwoDevicesThatHaveTheSameInode() {
        List<Segment> files = List.of(view(1L << 42, MIB, 0, "/dev/shm/a"), view(2L << 42, MIB, 0, "/hot/a"));

        assertThat(PrefaultNeed.bytes(files, List.of(Region.HEAP))).isEqualTo(2 * MIB);
    }

    private static Segment view(long start, long length, long offset, String path) {
        long end = start + length;
        Mapping mapping = new Mapping(start, end, true, true, false, true, offset, 7, path, Backing.MEMORY);
        return new Segment(start, end, Region.HEAP, Evidence.MAPPING_NAME, mapping);
    }
}
