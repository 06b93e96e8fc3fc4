// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.cgroup.OomMargin;
import io.memlock.cgroup.RoomSource.Anonymous;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a lock where the JVM has outgrown its memory, and lives only by what can be swapped out. */
class OutgrownTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final long HEAP = 0x1000_0000L;
    private static final long NATIVE = 0x5000_0000L;
    private static final long HEAP_OF_ZGC = 4L << 40;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private boolean isMoreToReadBack;

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        process.anonymous = new Anonymous(400 * MIB, 0);
        left(200 * MIB);
    }

    private void left(long freeBytes) {
        process.margins = List.of(new OomMargin(freeBytes, 0, GIB, GIB, GIB, 0, "the memory cgroup allows"));
    }

    private Outcome laterWith(long freeBytes) throws Exception {
        left(freeBytes);
        process.passedNanos += TimeUnit.MINUTES.toNanos(2);
        return lock.reconcile();
    }

    private void start() throws Exception {
        lock.start(OptionParser.parse("mode=heap"));
        pass();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void isUnlockedBeforeTheOomKillerComes() throws Exception {
        start();
        assertThat(laterWith(64 * MIB).failure()).isNull();

        Outcome outgrown = laterWith(63 * MIB);

        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(outgrown.failure().answer())
                .isEqualTo("not asked: the memory cgroup allows 1.0 GiB: 63.0 MiB are free or can be reclaimed,"
                        + " and swap has room for 1.0 GiB");
        assertThat(outgrown.failure().meaning()).contains("all is unlocked now", "OOM killer", "runs unlocked");
    }

    @Test
    void aPassIsDueAtOnce() throws Exception {
        start();
        left(63 * MIB);

        assertThat(lock.isPassDue(System.nanoTime() + TimeUnit.SECONDS.toNanos(1)))
                .isTrue();
        lock.reconcile();

        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(lock.isPassDue(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void staysUnlockedUntilThereIsRoomForAllAndIsLockedThen() throws Exception {
        start();
        laterWith(63 * MIB);
        assertThat(laterWith(127 * MIB).status().state()).isEqualTo(LockState.FAILED);
        assertThat(lock.status().lastFailure().tried()).isEqualTo("to keep what is selected locked");
        assertThat(kernel.isLocked(HEAP)).isFalse();

        Outcome again = laterWith(600 * MIB);

        assertThat(again.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(again.notices()).containsExactly(Failures.ROOM_AGAIN);
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void endsMclFuture() throws Exception {
        lock.start(OptionParser.parse("mode=all,strategy=future"));
        lock.reconcile();
        assertThat(kernel.isFuture()).isTrue();

        laterWith(63 * MIB);

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isFuture()).isTrue();
    }

    /** What the JVM maps is born locked all the same, and nobody would see the OOM killer come. */
    @ParameterizedTest
    @ValueSource(strings = {"mode=all,strategy=future", "mode=all,strategy=rescan"})
    void isUnlockedWhereNothingCanBeReadAnyMore(String options) throws Exception {
        lock.start(OptionParser.parse(options));
        lock.reconcile();
        Anonymous readable = process.anonymous;
        process.anonymous = null;
        process.mapsFailure = new IOException("/proc/self/maps: Too many open files");
        boolean isDue = false;
        for (int second = 0; second < 3; second++) {
            assertThat(isDue).isFalse();
            process.passedNanos += TimeUnit.SECONDS.toNanos(2);
            isDue = lock.isPassDue(process.nanoTime());
        }
        assertThat(isDue).isTrue();

        assertThatThrownBy(lock::reconcile).isInstanceOf(IOException.class);

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(lock.status().lastFailure().answer()).isEqualTo("/proc/self/status: Too many open files");
        assertThat(lock.status().lastFailure().meaning()).contains("has unlocked what it could", "runs unlocked");

        process.anonymous = readable;
        process.mapsFailure = null;
        assertThat(lock.reconcile().status().state()).isEqualTo(LockState.FAILED);
        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isFuture()).isEqualTo(options.endsWith("future"));
    }

    /** The call that ends MCL_FUTURE locks everything once more, in the very moment in which it must not. */
    @Test
    void nothingIsLockedOnceMoreToEndMclFuture() throws Exception {
        lock.start(OptionParser.parse("mode=all,strategy=future"));
        lock.reconcile();
        kernel.lockCalls = 0;
        kernel.lockedInOneCall = 0;

        laterWith(63 * MIB);

        assertThat(kernel.lockCalls).isZero();
        assertThat(kernel.lockedInOneCall).isZero();
        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** In pieces with pauses the OOM killer would be quicker. */
    @Test
    void theHeapIsUnlockedInOneCall() throws Exception {
        kernel.commit(Region.HEAP, HEAP, 200 * MIB);
        start();
        kernel.longestWalk = 0;

        laterWith(63 * MIB);

        assertThat(kernel.longestWalk).isEqualTo(200 * MIB);
    }

    /** It holds as much as the heap, and no pass that follows would find it. */
    @Test
    void theMirrorOfZgcsHeapGoesToo() throws Exception {
        kernel.mapHeapFile(HEAP_OF_ZGC, 4 * MIB, 0);
        start();
        assertThat(kernel.hasHeapView()).isTrue();

        laterWith(63 * MIB);

        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.hasHeapView()).isFalse();
    }

    /** What took the room may take it again at once. */
    @Test
    void isNotLockedAgainBeforeAMinuteHasPassedHoweverMuchRoomThereIs() throws Exception {
        start();
        laterWith(63 * MIB);
        left(600 * MIB);

        process.passedNanos += TimeUnit.SECONDS.toNanos(30);
        assertThat(lock.reconcile().status().state()).isEqualTo(LockState.FAILED);
        process.passedNanos += TimeUnit.SECONDS.toNanos(31);

        assertThat(lock.reconcile().status().state()).isEqualTo(LockState.LOCKED);
    }

    /** A key for example, in a buffer that lies in memory which the agent had locked before. */
    @ParameterizedTest
    @ValueSource(strings = {"mode=all,strategy=future", "mode=all,strategy=rescan", "mode=heap+native,strategy=rescan"})
    void whatTheApplicationLockedItselfStaysLocked(String options) throws Exception {
        kernel.commit(Region.NATIVE, NATIVE, MIB);
        lock.start(OptionParser.parse(options));
        pass();
        kernel.mlock(NATIVE, MIB);
        kernel.commit(Region.HEAP, HEAP + 4 * MIB, MIB);
        lock.reconcileAfterChange();
        pass();

        laterWith(10 * MIB);

        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.isLocked(NATIVE)).isTrue();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void whatIsLockedAgainIsNotPrefaultedAgain() throws Exception {
        lock.start(OptionParser.parse("mode=heap,prefault=heap"));
        pass();
        assertThat(lock.isPrefaultRefused()).isFalse();

        laterWith(63 * MIB);
        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.LOCKED);

        assertThat(lock.isPrefaultRefused()).isTrue();
    }

    @Test
    void anAttachPrefaultsOnceThereIsRoomAgain() throws Exception {
        start();
        laterWith(63 * MIB);
        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.LOCKED);

        assertThat(lock.change(OptionParser.parse("mode=heap,prefault=heap")).undone())
                .isEmpty();

        assertThat(process.asked).contains("gently [HEAP] 1");
        assertThat(lock.isPrefaultRefused()).isFalse();
    }

    @Test
    void anAttachThatWouldKillLocksNothing() throws Exception {
        process.anonymous = new Anonymous(400 * MIB, 140 * MIB);

        Outcome refused = lock.change(OptionParser.parse("mode=heap"));

        assertThat(refused.failure().tried()).isEqualTo("to lock what is selected");
        assertThat(refused.failure().answer())
                .isEqualTo(
                        "not asked: the memory cgroup allows 1.0 GiB: with all of this JVM locked and in RAM, 60.0 MiB"
                                + " would be left, and 64.0 MiB have to be");
        assertThat(refused.failure().meaning()).contains("nothing is locked", "Once everything fits");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(process.asked).as("read back").isEmpty();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        process.anonymous = new Anonymous(100 * MIB, 0);
        assertThat(laterWith(500 * MIB).status().state()).isEqualTo(LockState.LOCKED);
    }

    /** It lives locked, beside neighbours that have less than it has. */
    @Test
    void aChangeLeavesAHeapLockedThatFits() throws Exception {
        start();
        withNeighbours(20 * MIB, 300 * MIB);
        lock.reconcile();

        Outcome changed = lock.change(OptionParser.parse("mode=all"));

        assertThat(changed.failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(changed.swapInRefusal()).isNull();
    }

    /** To read it back would have everything unlocked. */
    @Test
    void aChangeOfALockedJvmLeavesInSwapWhatDoesNotFit() throws Exception {
        start();
        withNeighbours(20 * MIB, 100 * MIB);
        process.anonymous = new Anonymous(400 * MIB, 60 * MIB);
        process.asked.clear();

        Outcome changed = lock.change(OptionParser.parse("mode=heap"));

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(changed.undone())
                .isEqualTo("\nnot read back from swap: too little memory would be left; the keeper reads private memory"
                        + " back once there is room");
        assertThat(process.asked).isEmpty();
        process.isPrivateInSwap = true;
        withNeighbours(160 * MIB, 100 * MIB);
        pass();
        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
    }

    @Test
    void aChangeThatAddsTheHeapWhereItDoesNotFitIsRefused() throws Exception {
        kernel.commit(Region.CODE, NATIVE, MIB);
        lock.start(OptionParser.parse("mode=code"));
        withNeighbours(20 * MIB, 430 * MIB);

        lock.change(OptionParser.parse("mode=heap"));

        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.mostCharged).isLessThan(4 * MIB);
    }

    @Test
    void whoWantsNothingLockedAnyMoreIsNotLockedAgain() throws Exception {
        start();
        laterWith(63 * MIB);

        lock.unlock();

        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.isLocked(HEAP)).isFalse();
    }

    /** A lock on-fault leaves it in swap. */
    @Test
    void whatIsLockedLateIsReadBack() throws Exception {
        start();
        process.asked.clear();
        process.isPrivateInSwap = true;
        pass();
        assertThat(process.asked).as("nothing is new").isEmpty();
        kernel.munlockall();

        passAfterChange();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
    }

    @Test
    void whatWouldNotFitStaysInSwap() throws Exception {
        unlockedBySomebodyAndInSwap();
        process.anonymous = new Anonymous(100 * MIB, 140 * MIB);

        passAfterChange();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(process.asked).isEmpty();
    }

    /** To read it back now would take memory that others have just been short of, and lasts longer than the page faults. */
    @Test
    void whatFitsOnlyOnceNeighboursAreSwappedOutWaits() throws Exception {
        unlockedBySomebodyAndInSwap();
        process.anonymous = new Anonymous(400 * MIB, 20 * MIB);
        withNeighbours(10 * MIB, 900 * MIB);

        passAfterChange();

        assertThat(process.asked).isEmpty();
    }

    private void withNeighbours(long freeBytes, long theirBytes) {
        process.margins =
                List.of(new OomMargin(freeBytes, theirBytes, GIB, GIB, 2 * GIB, 0, "the memory cgroup allows"));
    }

    @Test
    void whatDidNotFitIsReadBackOnceItDoes() throws Exception {
        whatWouldNotFitStaysInSwap();
        pass();
        assertThat(process.asked).isEmpty();
        left(600 * MIB);

        pass();

        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
        process.isPrivateInSwap = false;
        pass();
        assertThat(process.asked).hasSize(2);
    }

    @Test
    void aPassReadsBackAPartAndTheNextGoesOn() throws Exception {
        unlockedBySomebodyAndInSwap();
        process.partsInSwap = 2;

        passAfterChange();
        assertThat(process.asked).containsExactly("swap in privately 1");
        assertThat(isMoreToReadBack).isTrue();

        pass();
        assertThat(process.asked).endsWith("swap in privately 1", "tell 2").hasSize(3);
        assertThat(isMoreToReadBack).isFalse();
        pass();
        assertThat(process.asked).hasSize(3);
    }

    /** With each page the kernel brings others: the first part may have brought them all. */
    @Test
    void tellsWhatAPartBroughtWhereNothingIsInSwapAnyMore() throws Exception {
        partlyReadBack();
        process.isPrivateInSwap = false;

        pass();
        pass();

        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
        assertThat(isMoreToReadBack).isFalse();
    }

    private void unlockedBySomebodyAndInSwap() throws Exception {
        start();
        process.asked.clear();
        process.isPrivateInSwap = true;
        kernel.munlockall();
    }

    /** Has something in swap of which one pass has read back a part. */
    private void partlyReadBack() throws Exception {
        unlockedBySomebodyAndInSwap();
        process.partsInSwap = 3;
        passAfterChange();
    }

    @Test
    void whatIsUnlockedIsNotReadBackAnyMore() throws Exception {
        partlyReadBack();

        lock.unlock();
        pass();
        pass();

        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
    }

    /** Also what no pass has seen between the lock and the unlock. */
    @Test
    void whatIsUnlockedAtOnceIsNotReadBack() throws Exception {
        process.isPrivateInSwap = true;
        lock.change(OptionParser.parse("mode=heap"));
        process.whileSwappingIn = () -> kernel.commit(Region.HEAP, HEAP + 4 * MIB, MIB);
        lock.change(OptionParser.parse("mode=heap"));
        process.asked.clear();

        lock.unlock();
        pass();

        assertThat(process.asked).isEmpty();
    }

    @Test
    void tellsOnceWhyALateLockLeavesMemoryInSwap() throws Exception {
        start();
        process.isPrivateInSwap = true;
        process.swapInRefusal = "permission denied";
        kernel.munlockall();
        passAfterChange();
        assertThat(lock.reconcile().notices()).contains("locked, but not read back from swap: permission denied");
        kernel.munlockall();
        passAfterChange();
        assertThat(lock.reconcile().notices()).noneMatch(notice -> notice.contains("permission denied"));
    }

    /** As when there is no file descriptor for the pagemap: what has to wait is not forgotten. */
    @Test
    void whatCannotBeLookedAtIsReadBackLater() throws Exception {
        unlockedBySomebodyAndInSwap();
        process.isPagemapUnreadable = true;
        passAfterChange();
        assertThat(process.asked).containsExactly("swap in privately 1");
        assertThat(isMoreToReadBack).as("at once").isFalse();
        process.isPagemapUnreadable = false;

        pass();

        assertThat(process.asked).containsExactly("swap in privately 1", "swap in privately 1", "tell 1");
    }

    @Test
    void whatAnAttachCouldNotLookAtIsReadBackLater() throws Exception {
        process.isPrivateInSwap = true;
        process.isPagemapUnreadable = true;
        lock.change(OptionParser.parse("mode=heap"));
        process.asked.clear();
        process.isPagemapUnreadable = false;

        pass();

        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
    }

    /** A heap that is full at that moment: the next pass finds both locked. */
    @Test
    void whatAPassHasLockedThatAnErrorEndedIsReadBackLater() throws Exception {
        start();
        process.isPrivateInSwap = true;
        kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);
        kernel.commit(Region.HEAP, HEAP + 16 * MIB, MIB);
        kernel.afterLock.put(HEAP + 16 * MIB, OutgrownTest::fail);
        assertThatThrownBy(lock::reconcileAfterChange).isInstanceOf(OutOfMemoryError.class);
        process.asked.clear();

        pass();

        assertThat(process.asked).containsExactly("swap in privately 2", "tell 1");
    }

    @Test
    void whatAnErrorKeptAnAttachFromReadingBackIsReadBackLater() throws Exception {
        process.isPrivateInSwap = true;
        process.whileSwappingIn = OutgrownTest::fail;
        assertThatThrownBy(() -> lock.change(OptionParser.parse("mode=heap"))).isInstanceOf(OutOfMemoryError.class);
        process.whileSwappingIn = () -> {};
        process.asked.clear();

        pass();

        assertThat(process.asked).contains("swap in privately 1");
    }

    private static void fail() {
        throw new OutOfMemoryError("thrown by the test");
    }

    /** As the keeper does it. */
    private void pass() throws Exception {
        lock.reconcile();
        isMoreToReadBack = lock.readBack();
    }

    private void passAfterChange() throws Exception {
        lock.reconcileAfterChange();
        isMoreToReadBack = lock.readBack();
    }

    private void isOutgrownMeanwhile() {
        left(10 * MIB);
        process.passedNanos += TimeUnit.SECONDS.toNanos(2); // so that a look is due when it comes to lock
    }

    /** A pass takes a second per GiB, in which the JVM or its neighbours may grow. */
    @Test
    void outgrownBeforeAPassLocksTheRestIsLeft() throws Exception {
        kernel.afterRefresh = this::isOutgrownMeanwhile;

        Outcome attached = lock.change(OptionParser.parse("mode=heap,strategy=rescan"));

        assertThat(kernel.mostCharged).isLessThan(4 * MIB);
        assertThat(attached.failure().meaning()).contains("all is unlocked now");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** Nobody makes another pass before main. */
    @Test
    void outgrownWhileAStartLocksIsUnlockedWhenItReturns() throws Exception {
        kernel.afterRefresh = this::isOutgrownMeanwhile;

        Outcome started = lock.start(OptionParser.parse("mode=heap,strategy=rescan"));

        assertThat(started.failure().meaning()).contains("all is unlocked now");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** What is locked once there is room again nobody populates. */
    @Test
    void whatAStartHadToUnlockIsNotCalledPrefaulted() throws Exception {
        kernel.afterRefresh = this::isOutgrownMeanwhile;

        Outcome started = lock.start(OptionParser.parse("mode=heap,strategy=rescan,prefault=heap"));

        assertThat(started.prefaultRefusal()).isEqualTo("nothing is locked");
        assertThat(laterWith(600 * MIB).status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.isPrefaultRefused()).isTrue();
    }

    /** Prefaulting itself takes the room. */
    @Test
    void outgrownWhileAnAttachPrefaultsItIsUnlocked() throws Exception {
        process.whilePrefaulting = () -> {
            left(63 * MIB);
            process.passedNanos += TimeUnit.SECONDS.toNanos(2);
        };

        Outcome attached = lock.change(OptionParser.parse("mode=heap,prefault=heap"));

        assertThat(process.asked).contains("gently [HEAP] 1");
        assertThat(attached.failure().meaning()).contains("all is unlocked now");
        assertThat(attached.undone()).contains("stopped");
        assertThat(kernel.isLocked(HEAP)).isFalse();
    }

    @Test
    void outgrownWhileAnAttachReadsBackItIsUnlocked() throws Exception {
        process.whileSwappingIn = () -> {
            left(63 * MIB);
            process.passedNanos += TimeUnit.SECONDS.toNanos(2);
        };

        Outcome attached = lock.change(OptionParser.parse("mode=heap"));

        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(attached.failure().meaning()).contains("all is unlocked now");
        assertThat(kernel.isLocked(HEAP)).isFalse();
    }

    /** Nothing of what was to be prefaulted is locked then, nor will it be touched once there is room again. */
    @Test
    void whatWasUnlockedMeanwhileIsNotCalledPrefaulted() throws Exception {
        outgrownWhileAnAttachReadsBackItIsUnlocked();
        assertThat(lock.isPrefaultRefused()).isFalse();

        assertThat(lock.change(OptionParser.parse("mode=heap,prefault=heap")).undone())
                .contains("not prefaulted: nothing is locked");
        assertThat(lock.isPrefaultRefused()).isTrue();
        laterWith(600 * MIB);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.isPrefaultRefused()).isTrue();
    }

    @Test
    void whatARefusedFutureLeavesUnlockedIsNotCalledPrefaulted() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = GIB;

        Outcome refused = lock.change(OptionParser.parse("mode=heap,strategy=future,prefault=heap"));

        assertThat(refused.undone()).contains("not prefaulted: nothing is locked");
        assertThat(lock.isPrefaultRefused()).isTrue();
    }

    /** The keeper waits for the attach: without a pass the state would be unknown after a few seconds. */
    @Test
    void aLongAttachVerifiesMeanwhile() throws Exception {
        process.whileSwappingIn = () -> {
            process.passedNanos += TimeUnit.SECONDS.toNanos(2);
            kernel.commit(Region.HEAP, HEAP + 4 * MIB, MIB);
        };
        List<Boolean> isLocked = new ArrayList<>();
        process.whilePrefaulting = () -> isLocked.add(kernel.isLocked(HEAP + 4 * MIB));

        lock.change(OptionParser.parse("mode=heap,strategy=rescan,prefault=heap"));

        assertThat(isLocked).containsExactly(true);
    }

    @Test
    void whereNothingIsInSwapNothingIsReadBack() throws Exception {
        start();
        process.asked.clear();
        kernel.munlockall();

        lock.reconcileAfterChange();

        assertThat(process.asked).isEmpty();
    }
}
