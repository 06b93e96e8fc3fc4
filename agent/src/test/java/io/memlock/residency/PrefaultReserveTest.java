// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.RecordingLibC;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.KernelVersion;
import io.memlock.state.PrefaultState;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrefaultReserveTest {

    private static final long MIB = 1 << 20;
    private static final long PAGE = FakeKernel.PAGE;
    private static final long HEAP = 0x4000_0000L;
    private static final long CHUNK = PrefaultReserve.CHUNK_BYTES;
    private static final long RESERVE = PrefaultReserve.RESERVE_BYTES;

    private final FakeKernel kernel = new FakeKernel();
    private final TreeSet<Long> touched = new TreeSet<>();
    private final RecordingLibC libc = new RecordingLibC(kernel);
    private int pauses;
    private final Pause pause = nanos -> pauses++;
    private int failWith;
    private long unit = PAGE;
    private long room = Long.MAX_VALUE;
    private int roomQuestions;
    private long now = System.nanoTime();
    private PrefaultReserve reserve;

    /** Passes madvise on, and what it populates counts as touched. */
    private LibC populating() {
        return (LibC) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LibC.class}, (proxy, method, args) -> {
                    if (method.getName().equals("errno")) {
                        return failWith;
                    }
                    if (!method.getName().equals("madvise")) {
                        throw new AssertionError(method + " is not needed");
                    }
                    if (failWith != 0) {
                        return -1;
                    }
                    long start = (long) args[0];
                    long end = start + (long) args[1];
                    for (long at = start / unit * unit; at < (end + unit - 1) / unit * unit; at += PAGE) {
                        touched.add(at);
                    }
                    return libc.madvise(start, (long) args[1], (int) args[2]);
                });
    }

    @BeforeEach
    void make() {
        Populator populator = new Populator(populating(), new KernelVersion(6, 1));
        reserve = new PrefaultReserve(
                populator,
                () -> {
                    roomQuestions++;
                    return room;
                },
                pause,
                PAGE);
    }

    private void commit(Region region, long start, long bytes) {
        kernel.commit(region, start, bytes);
        kernel.refresh();
        reserve.follow(kernel.segments());
    }

    private boolean refill() throws IOException {
        now += PrefaultReserve.RETRY_NANOS;
        return reserve.refill(touched::contains, now);
    }

    private void use(long start, long bytes) {
        for (long at = start; at < start + bytes; at += PAGE) {
            touched.add(at);
        }
    }

    private long populated() {
        return libc.populatedBytes(Linux.MADV_POPULATE_WRITE);
    }

    private long populatedBetween(long start, long end) {
        return libc.madvised.stream()
                .filter(call -> call.start() >= start && call.start() < end)
                .mapToLong(RecordingLibC.Advice::length)
                .sum();
    }

    @Test
    void populatesTheReserveFromBothEndsButTheFirstPageOfEachChunk() throws IOException {
        commit(Region.HEAP, HEAP, 256 * MIB);

        assertThat(refill()).isTrue();

        long half = RESERVE / 2;
        assertThat(populated()).isEqualTo(RESERVE / CHUNK * (CHUNK - PAGE));
        assertThat(populatedBetween(HEAP, HEAP + half)).isEqualTo(populated() / 2);
        assertThat(populatedBetween(HEAP + 256 * MIB - half, HEAP + 256 * MIB)).isEqualTo(populated() / 2);
        assertThat(touched).doesNotContain(HEAP, HEAP + CHUNK);
        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    @Test
    void populatesNoMoreUntilSomeIsUsedAndThenAsMuchAsWasUsed() throws IOException {
        commit(Region.HEAP, HEAP, 256 * MIB);
        refill();
        long before = populated();

        assertThat(refill()).isFalse();
        assertThat(populated()).isEqualTo(before);

        use(HEAP, 2 * CHUNK + PAGE);
        assertThat(refill()).isTrue();
        assertThat(populated() - before).isEqualTo(3 * (CHUNK - PAGE));
    }

    @Test
    void populatesNoMoreAfterARestButLooksAgainWhatIsUsed() throws IOException {
        commit(Region.HEAP, HEAP, 64 * MIB);
        use(HEAP, 60 * MIB);
        refill();
        long before = populated();

        reserve.resume();
        refill();
        assertThat(populated()).isEqualTo(before);

        touched.removeIf(page -> page < HEAP + CHUNK); // uncommitted and committed again, and nobody has seen it
        reserve.resume();
        refill();
        assertThat(populated() - before).isEqualTo(CHUNK - PAGE);
    }

    @Test
    void leavesOutWhatTheApplicationHasTouched() throws IOException {
        commit(Region.HEAP, HEAP, 64 * MIB);
        use(HEAP, 60 * MIB);
        touched.add(HEAP + 60 * MIB + PAGE); // in the middle of a chunk: by a thread that began there

        refill();

        assertThat(populatedBetween(HEAP, HEAP + 61 * MIB)).isZero();
        assertThat(populated()).isEqualTo(3 * (CHUNK - PAGE));
        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    @Test
    void followsAHeapThatGrows() throws IOException {
        commit(Region.HEAP, HEAP, 16 * MIB);
        use(HEAP, 16 * MIB);
        assertThat(refill()).isFalse();

        commit(Region.HEAP, HEAP + 16 * MIB, 8 * MIB);

        assertThat(refill()).isTrue();
        assertThat(populatedBetween(HEAP + 16 * MIB, HEAP + 24 * MIB)).isEqualTo(8 * (CHUNK - PAGE));
    }

    @Test
    void populatesAgainWhatWasUncommittedAndCommittedBetweenTwoLooks() throws IOException {
        commit(Region.HEAP, HEAP, 16 * MIB);
        refill();
        long before = populated();
        touched.clear();

        refill();

        assertThat(populated()).isEqualTo(2 * before);
    }

    @Test
    void touchesNeitherOtherRegionsNorReservedMemoryNorAHeapThatIsAFile() throws IOException {
        kernel.mapHeapFile(HEAP + 512 * MIB, 32 * MIB, 0);
        kernel.reserve(Region.HEAP, HEAP + 256 * MIB, 64 * MIB);
        commit(Region.CODE, HEAP, 64 * MIB);

        assertThat(refill()).isFalse();
        assertThat(libc.madvised).isEmpty();
        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    @Test
    void stopsWhereTheRoomEndsAndGoesOnWhenThereIsSomeAgain() throws IOException {
        commit(Region.HEAP, HEAP, 256 * MIB);
        room = 3 * CHUNK + CHUNK / 2;

        refill();
        assertThat(populated()).isEqualTo(3 * (CHUNK - PAGE));
        assertThat(reserve.state()).isEqualTo(PrefaultState.STOPPED);

        room = -1;
        refill();
        assertThat(populated()).isEqualTo(3 * (CHUNK - PAGE));

        room = Long.MAX_VALUE;
        refill();
        assertThat(populated()).isEqualTo(RESERVE / CHUNK * (CHUNK - PAGE));
        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    @Test
    void asksForRoomOnceASecondWhereThereIsNone() throws IOException {
        commit(Region.HEAP, HEAP, 256 * MIB);
        room = 0;
        refill();

        for (int look = 0; look < 10; look++) {
            reserve.refill(touched::contains, now + look);
        }

        assertThat(roomQuestions).isOne();
    }

    /** The kernel answers ENOMEM for what is not mapped any more and EFAULT for what is not accessible. */
    @Test
    void goesOnAfterTheJvmHasUncommittedWhatWasToBePopulated() throws IOException {
        commit(Region.HEAP, HEAP, 64 * MIB);
        failWith = Errno.ENOMEM;
        assertThat(refill()).isFalse();
        assertThat(reserve.state()).isEqualTo(PrefaultState.STOPPED);

        failWith = 0;
        assertThat(refill()).isTrue();
        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    /** As when transparent huge pages are switched on while the JVM runs, of the largest size or of another. */
    @Test
    void doesNotRunThroughTheHeapWhereOneFaultPopulatesManyPages() throws IOException {
        for (long size : new long[] {2 * PAGE, 64 << 10, 2 * MIB}) {
            unit = size;
            make();
            libc.madvised.clear();
            touched.clear();
            commit(Region.HEAP, HEAP, 1024 * MIB);

            for (int second = 0; second < 600; second++) {
                refill();
            }

            assertThat(touched.size() * PAGE).as("unit of %d", size).isBetween(1L, RESERVE);
            assertThat(reserve.state()).isEqualTo(PrefaultState.STOPPED);
        }
    }

    @Test
    void goesOnAfterTheApplicationHasOvertakenItOnce() throws IOException {
        commit(Region.HEAP, HEAP, 256 * MIB);
        unit = 2 * MIB;
        refill();
        unit = PAGE;

        for (int second = 0; second < 3; second++) {
            refill();
        }

        assertThat(reserve.state()).isEqualTo(PrefaultState.DONE);
    }

    @Test
    void pausesAfterEachSmallPiece() throws IOException {
        commit(Region.HEAP, HEAP, 64 * MIB);

        refill();

        assertThat(libc.largestPiece()).isEqualTo(PrefaultReserve.PIECE_BYTES);
        assertThat(pauses).isEqualTo(libc.madvised.size());
    }

    @Test
    void anOldKernelIsNotHarmless() {
        assertThat(new Populator(kernel, new KernelVersion(5, 13)).isHarmless()).isFalse();
        assertThat(new Populator(kernel, new KernelVersion(5, 14)).isHarmless()).isTrue();
    }
}
