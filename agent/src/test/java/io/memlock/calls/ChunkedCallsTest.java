// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ChunkedCallsTest {

    private static final long HEAP = 0x1000_0000L;
    private static final long PIECE = 2 << 20;

    private final FakeKernel kernel = new FakeKernel();
    private final List<Long> pauses = new ArrayList<>();
    private long hugePages = PIECE;
    private final LockProbe probe = new LockProbe(kernel, FakeKernel.PAGE);
    private final HeldPages held = new HeldPages(kernel, probe, FakeKernel.PAGE, kernel::maps);
    private final ChunkedCalls calls = new ChunkedCalls(
            kernel,
            pauses::add,
            new Progress(new Log(System.err, LogLevel.QUIET)),
            new ChunkSize(FakeKernel.PAGE, () -> hugePages, () -> 0),
            held);

    @Test
    void pausesBetweenPiecesButNotAfterTheLast() {
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        calls.live();

        assertThat(lock()).isZero();

        assertThat(kernel.calls).isEqualTo(4);
        assertThat(pauses).hasSize(3).allMatch(nanos -> nanos > 0);
        assertThat(kernel.chargedBytes()).isEqualTo(4 * PIECE);
    }

    @Test
    void piecesEndOnMultiplesOfTheHugePageSize() {
        kernel.commit(Region.HEAP, HEAP + FakeKernel.PAGE, PIECE);
        calls.live();

        assertThat(lock()).isZero();

        assertThat(kernel.calls).as("a short first piece, a one-page second").isEqualTo(2);
        assertThat(kernel.chargedBytes()).isEqualTo(PIECE);
    }

    /** Of 32 MiB, as with pages of 16 KiB: a border in one would split it. */
    @Test
    void spansAreLockedUpToMultiplesOfTheHugePageSize() {
        hugePages = 32 << 20;
        kernel.commit(Region.HEAP, HEAP + PIECE, 100 * PIECE);
        List<Long> borders = new ArrayList<>();
        for (long at = HEAP; at < HEAP + 101 * PIECE; at += PIECE) {
            long border = at;
            kernel.afterLock.put(border, () -> borders.add(border));
        }
        calls.live();

        assertThat(calls.lockSpan(new HeldPages.Range(HEAP + PIECE, HEAP + 101 * PIECE)))
                .isZero();

        assertThat(kernel.chargedBytes()).isEqualTo(100 * PIECE);
        assertThat(borders.remove(0)).isEqualTo(HEAP + PIECE);
        assertThat(borders).isNotEmpty().allMatch(border -> border % hugePages == 0);
    }

    @Test
    void beginsWithSmallPiecesWhereThereAreNoHugePages() {
        hugePages = 0;
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        calls.live();
        kernel.failCall = 1;
        kernel.failWith = Errno.EAGAIN;

        assertThat(lock()).isEqualTo(Errno.EAGAIN);

        assertThat(kernel.chargedBytes()).as("the first piece").isEqualTo(ChunkSize.SMALLEST_PAGES * FakeKernel.PAGE);
    }

    @Test
    void asksAboutHugePagesAgainForEachNewWork() {
        kernel.commit(Region.HEAP, HEAP, 2 * PIECE);
        calls.live();
        lock();
        kernel.calls = 0;
        hugePages = 0;

        calls.live();
        calls.unlock(kernel.segments().get(0));

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.calls).as("more than one for each huge page").isGreaterThan(2);
    }

    @Test
    void takesWholeRangesBeforeTheApplicationRuns() {
        kernel.commit(Region.HEAP, HEAP, 64 * PIECE);

        assertThat(lock()).isZero();

        assertThat(kernel.calls).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void letsOthersGoFirstAfterAPieceThatHadToWait() {
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        calls.live();
        kernel.afterLock.put(HEAP, () -> LockSupport.parkUntil(System.currentTimeMillis() + 20));

        assertThat(lock()).isZero();

        assertThat(pauses).hasSize(3);
        assertThat(pauses.get(0)).isGreaterThan(ChunkedCalls.PAUSE_NANOS);
    }

    @Test
    void tellsWhyAPieceFailed() {
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        calls.live();
        kernel.failCall = 2;
        kernel.failWith = Errno.EAGAIN;

        assertThat(lock()).isEqualTo(Errno.EAGAIN);

        assertThat(kernel.chargedBytes()).as("the pieces before it").isEqualTo(2 * PIECE);
    }

    @Test
    void leavesTheRestWhereItIsToldTo() {
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        kernel.refresh();
        calls.live();

        assertThat(calls.lock(kernel.segments().get(0), () -> kernel.chargedBytes() == 2 * PIECE))
                .isZero();

        assertThat(kernel.chargedBytes()).isEqualTo(2 * PIECE);
    }

    @Test
    void isNotMisledByKernelsThatFailAfterTheyHaveLocked() {
        kernel.failsOnProtNone = true;
        kernel.reserve(Region.HEAP, HEAP, 4 * PIECE);
        calls.live();

        assertThat(lock()).isZero();

        assertThat(kernel.chargedBytes()).isEqualTo(4 * PIECE);
    }

    @Test
    void aFailureIsOneWhereTheEndIsNotLocked() {
        kernel.commit(Region.HEAP, HEAP, 4 * PIECE);
        kernel.refresh();
        kernel.unmap(HEAP + PIECE, PIECE);

        assertThat(calls.lock(kernel.segments().get(0))).isEqualTo(Errno.ENOMEM);
    }

    @Test
    void whatIsOnlyReservedIsNotUnlockedInOneCall() {
        kernel.reserve(Region.HEAP, HEAP, 64 * PIECE);
        calls.lock(segment());
        calls.live();
        kernel.calls = 0;

        assertThat(calls.unlock(segment())).isZero();

        assertThat(kernel.calls).isGreaterThan(1);
        assertThat(pauses).hasSize(kernel.calls - 1);
    }

    private Segment segment() {
        kernel.refresh();
        return kernel.segments().get(0);
    }

    private int lock() {
        kernel.refresh();
        return calls.lock(kernel.segments().get(0));
    }
}
