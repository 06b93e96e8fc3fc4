// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.HeldPages;
import io.memlock.calls.LockLimit;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryLockTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long METASPACE = 0x3000_0000L;
    private static final long FILE = 0x4000_0000L;
    private static final long NATIVE = 0x5000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.reserve(Region.HEAP, HEAP + 4 * MIB, 60 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.commit(Region.METASPACE, METASPACE, MIB);
        kernel.commit(Region.NATIVE, NATIVE, MIB);
    }

    private LockFailure start(String options) throws Exception {
        return lock.start(OptionParser.parse(options)).failure();
    }

    @Test
    void locksEverythingThereIsAndEverythingToCome() throws Exception {
        assertThat(start("mode=all")).isNull();
        kernel.commit(Region.HEAP, HEAP + 4 * MIB, 8 * MIB);

        assertThat(kernel.isLockedOnFault(HEAP)).isTrue();
        assertThat(kernel.isLockedOnFault(HEAP + 4 * MIB)).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(Strategy.FUTURE);
    }

    @Test
    void neverSetsFutureUnderAFiniteLimit() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 1 << 30;

        for (String options : new String[] {"mode=all", "mode=heap", "mode=all,strategy=future"}) {
            start(options);
            assertThat(kernel.isFuture()).as(options).isFalse();
        }
    }

    @Test
    void refusesFutureUnderAFiniteLimitAndLocksNothing() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 1 << 30;

        LockFailure failure = start("mode=heap,strategy=future");

        assertThat(failure.tried()).contains("strategy=future");
        assertThat(failure.answer()).contains("soft 1.0 GiB, hard 1.0 GiB");
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(lock.status().strategy()).isNull();
    }

    @Test
    void raisesTheSoftLimitToTheHardOne() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = 64 << 10;
        kernel.hardLimit = 1 << 30;

        assertThat(start("mode=heap")).isNull();

        assertThat(kernel.softLimit).isEqualTo(1 << 30);
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void locksUnlimitedOnceTheHardLimitIs() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = 8 * MIB;
        kernel.hardLimit = Linux.RLIM_INFINITY;

        assertThat(start("mode=all")).isNull();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(lock.status().limit().isUnlimited()).isTrue();
    }

    /** {@code prlimit --pid} by anybody with the same user id, and a commit before the keeper's next look. */
    @Test
    void livesWhenAnInfiniteLimitIsLoweredFromOutside() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        assertThat(start("mode=all")).isNull();
        kernel.softLimit = 64 << 10;

        assertThat(kernel.commit(Region.HEAP, HEAP, 64 * MIB))
                .as("the JVM commits")
                .isTrue();

        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        kernel.softLimit = Linux.RLIM_INFINITY;
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void doesNotTakeRootOfAnotherUserNamespaceForRoot() throws Exception {
        kernel.privileged = false;
        kernel.isInUserNamespace = true;
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;

        assertThat(start("mode=all")).isNull();

        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void goesOverToRescanWhenTheCapabilityGoesAndAnInfiniteLimitIsLeft() throws Exception {
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        start("mode=all");
        lock.reconcile();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.FUTURE);
        kernel.privileged = false;

        Outcome outcome = lock.reconcile();

        assertThat(outcome.failure()).isNull();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(outcome.notices()).singleElement().asString().contains("CAP_IPC_LOCK was dropped");
        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void locksWholeRegionsInTheOrderNamedWhileTheyFit() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 6 * MIB;

        LockFailure failure = start("mode=metaspace+heap+code");

        assertThat(kernel.isLocked(METASPACE)).isTrue();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(failure.tried()).contains("code 2.0 MiB");
        assertThat(failure.answer()).contains("needed now: 8.0 MiB with the application");
    }

    @Test
    void aPageTooFewIsTooFew() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = LockLimit.toLock(4 * MIB);
        assertThat(start("mode=heap")).isNull();
        assertThat(kernel.chargedBytes()).isEqualTo(4 * MIB);

        FakeKernel other = new FakeKernel();
        other.privileged = false;
        other.softLimit = other.hardLimit = LockLimit.toLock(4 * MIB) - FakeKernel.PAGE;
        other.commit(Region.HEAP, HEAP, 4 * MIB);
        MemoryLock otherLock = new FakeProcess(other).newLock();
        assertThat(otherLock.start(OptionParser.parse("mode=heap")).failure()).isNotNull();
        assertThat(other.chargedBytes()).isZero();
        assertThat(otherLock.status().state()).isEqualTo(LockState.FAILED);
    }

    @Test
    void modeAllUnderALimitTooSmallLocksNothingRatherThanSomething() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 7 * MIB;

        assertThat(start("mode=all")).isNotNull();
        lock.reconcile();

        assertThat(kernel.chargedBytes()).isZero();
    }

    /** What fitted once, without a limit, is asked anew. */
    @Test
    void modeAllUnderALimitTooSmallLocksNothingAlsoAfterItWasLockedAndUnlocked() throws Exception {
        start("mode=all,strategy=rescan");
        lock.unlock();
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 7 * MIB;

        assertThat(lock.change(OptionParser.parse("mode=all")).failure()).isNotNull();
        lock.reconcile();

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
    }

    @Test
    void relocksWhatHotSpotMappedOver() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.commit(Region.HEAP, HEAP, 8 * MIB);
        assertThat(kernel.isLocked(HEAP)).isFalse();

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(kernel.isLockedOnFault(HEAP)).isTrue();
        assertThat(kernel.isLocked(HEAP + 8 * MIB)).as("only reserved").isFalse();
        assertThat(lock.status().relockCount()).isEqualTo(1);
    }

    @Test
    void noticesAtTheNextPassThatMemoryWasMappedAnewAtTheSamePlace() throws Exception {
        for (int i = 0; i < 20; i++) {
            kernel.commit(Region.HEAP, HEAP + (100 + 2 * i) * MIB, MIB);
        }
        start("mode=heap,strategy=rescan");

        for (int i = 0; i < 20; i++) {
            long start = HEAP + (100 + 2 * i) * MIB;
            kernel.commit(Region.HEAP, start, MIB);
            lock.reconcile();
            assertThat(kernel.isLocked(start)).as("mapping %s", i).isTrue();
        }
    }

    @Test
    void neverExceedsTheLimitAsTheHeapGrowsAndNeverMakesACommitFail() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 16 * MIB;
        start("mode=heap");

        for (long heap = 4 * MIB; heap <= 32 * MIB; heap += MIB) {
            assertThat(kernel.commit(Region.HEAP, HEAP + heap, MIB)).isTrue();
            lock.reconcile();
            assertThat(kernel.chargedBytes()).isLessThanOrEqualTo(16 * MIB);
        }
        assertThat(kernel.chargedBytes()).as("and leaves an eighth").isEqualTo(13 * MIB);
        assertThat(kernel.mlock(NATIVE, MIB))
                .as("a lock of the application's own")
                .isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.status().lastFailure().tried()).endsWith("not locked: heap 20.0 MiB");
    }

    @Test
    void leavesRoomForACommitWhenSomebodyElseSetFutureUnderALimit() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 9 * MIB;
        kernel.mlockall(Linux.MCL_FUTURE | Linux.MCL_ONFAULT);

        start("mode=heap+code");

        assertThat(kernel.commit(Region.HEAP, HEAP, 4 * MIB))
                .as("recommit over locked memory")
                .isTrue();
    }

    @Test
    void unlocksWhatIsNotSelectedUnderFuture() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, 64 * MIB, "/data/index");
        assertThat(kernel.isLocked(FILE)).isTrue();

        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void neverUnlocksWhatTheApplicationLocked() throws Exception {
        start("mode=heap,strategy=future");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mlock(FILE, MIB);
        kernel.commit(Region.NATIVE, NATIVE, MIB);
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(kernel.isLocked(NATIVE)).isFalse();

        lock.unlock();

        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(kernel.isLockedOnFault(FILE)).as("its own flags").isFalse();
        assertThat(kernel.chargedBytes()).isEqualTo(MIB);
    }

    /** It was mapped at the first look, and at the second the application had put its own there. */
    @Test
    void unlocksNothingThatWasSeenToBeOursOnlyOnce() throws Exception {
        start("mode=all,exclude=mapped,strategy=future");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.afterLockedLook = () -> kernel.mlock(FILE, MIB);
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(kernel.isLockedOnFault(FILE)).isFalse();
    }

    /** What comes to the same address next may be locked by the application at once. */
    @Test
    void unlocksNothingThatHasGoneBeforeItsOwnerIsKnown() throws Exception {
        start("mode=all,exclude=mapped,strategy=future");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.afterLockedLook = () -> {
            kernel.munmap(FILE, MIB);
            kernel.afterLockedLook = () -> {
                kernel.mapFile(FILE, MIB, "/data/index");
                kernel.mlock(FILE, MIB);
            };
        };
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isTrue();
    }

    @Test
    void unlocksInTheNextPassWhatMovedBetweenTwoLooks() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.afterLockedLook = () -> {
            kernel.munmap(FILE, MIB);
            kernel.afterLockedLook = () -> kernel.mapFile(FILE, MIB, "/data/index");
        };
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).isTrue();

        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void unlocksWhatIsLeftOfAMappingThatChangedWhileItWasLookedAt() throws Exception {
        start("mode=all");
        kernel.afterRefresh = () -> kernel.commit(Region.HEAP, HEAP + 4 * MIB, MIB); // the start of what is reserved

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void looksAtMappingsSeldomWhereTheyAreBornLockedAndAtOnceWhenThereAreMore() throws Exception {
        start("mode=all");
        lock.reconcile();
        int before = kernel.looks;

        for (int pass = 0; pass < 10; pass++) {
            lock.reconcile();
        }
        assertThat(kernel.looks - before).isEqualTo(2);

        kernel.mapFile(FILE, MIB, "/data/index");
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void whatIsCommittedAndNotSelectedIsUnlockedInTheNextPass() throws Exception {
        kernel.reserve(Region.GC, FILE, 4 * MIB);
        start("mode=heap,strategy=future");
        lock.reconcile();
        lock.reconcile();

        kernel.commit(Region.GC, FILE, MIB);
        assertThat(kernel.isLocked(FILE)).as("born locked").isTrue();
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void looksAtMappingsSeldomUnderRescanWhileNothingGrows() throws Exception {
        start("mode=heap,strategy=rescan");
        lock.reconcile();
        int before = kernel.looks;

        for (int pass = 0; pass < 10; pass++) {
            lock.reconcile();
        }
        assertThat(kernel.looks - before).isEqualTo(2);
    }

    @Test
    void looksAtMappingsUnderRescanAfterEachPassThatLocked() throws Exception {
        start("mode=heap,strategy=rescan");
        lock.reconcile();
        kernel.munlock(HEAP, MIB);
        int before = kernel.looks;

        lock.reconcile();
        lock.reconcile();

        assertThat(kernel.looks - before).isEqualTo(2);
    }

    @Test
    void looksAtMappingsWhenTheJvmTellsOfChangeThoughTheCountsAreTheSame() throws Exception {
        kernel.reserve(Region.HEAP, FILE, 2 * MIB);
        kernel.commit(Region.HEAP, FILE, MIB);
        start("mode=heap,strategy=rescan");
        lock.reconcile();
        lock.reconcile();

        kernel.reserve(Region.HEAP, FILE, MIB);
        kernel.commit(Region.HEAP, FILE + MIB, MIB);
        assertThat(kernel.looksUnchanged()).isTrue();
        lock.reconcileAfterChange();

        assertThat(kernel.isLocked(FILE + MIB)).isTrue();
    }

    @Test
    void repairsAnotherLibrarysMunlockall() throws Exception {
        start("mode=all");
        lock.reconcile();
        kernel.munlockall();

        lock.reconcile();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isTrue();
        assertThat(kernel.isFuture()).isTrue();
        assertThat(lock.status().relockCount()).isPositive();
    }

    /** Without MCL_FUTURE the limit is looked at now and then; a refusal is told by the limit that holds. */
    @Test
    void aRefusalAfterRootWasDroppedIsToldByTheLimitThatApplies() throws Exception {
        start("mode=heap,strategy=rescan");
        lock.reconcile();
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 8 * MIB;
        kernel.commit(Region.HEAP, HEAP + 4 * MIB, 32 * MIB);

        LockFailure failure = lock.reconcileAfterChange().failure();

        assertThat(lock.status().limit().effectiveBytes()).isEqualTo(8 * MIB);
        assertThat(failure.meaning()).doesNotContain("not reached");
        assertThat(failure.answer()).contains("8.0 MiB");
    }

    /** Under MCL_FUTURE what is not accessible is locked, too. Before, nothing of it was meant to be. */
    @Test
    void whatAnAttachLocksForTheFirstTimeIsNoRelock() throws Exception {
        start("mode=none");

        lock.change(OptionParser.parse("mode=all"));

        assertThat(kernel.isFuture()).isTrue();
        assertThat(lock.status().relockCount()).isZero();
    }

    @Test
    void repairsAnotherLibrarysMlockallThatDroppedFuture() throws Exception {
        start("mode=all");
        lock.reconcile();
        kernel.mlockall(Linux.MCL_CURRENT);
        assertThat(kernel.isFuture()).isFalse();
        kernel.commit(Region.HEAP, HEAP, 8 * MIB);

        lock.reconcile();

        assertThat(kernel.isFuture()).isTrue();
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void modeNoneLocksNothing() throws Exception {
        assertThat(start("mode=none")).isNull();
        lock.reconcile();

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
    }

    @Test
    void changesWhatIsLockedWhileTheJvmRuns() throws Exception {
        start("mode=none");

        assertThat(lock.change(OptionParser.parse("mode=heap,strategy=rescan")).failure())
                .isNull();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isFalse();

        assertThat(lock.change(OptionParser.parse("mode=all")).failure()).isNull();
        assertThat(kernel.isLocked(CODE)).isTrue();
        assertThat(kernel.isFuture()).isTrue();

        assertThat(lock.change(OptionParser.parse("mode=code,strategy=rescan")).failure())
                .isNull();
        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isLocked(CODE)).isTrue();
        assertThat(kernel.chargedBytes()).isEqualTo(2 * MIB);
    }

    @Test
    void endsFutureWithoutLockingInOneCallWhatIsNotLocked() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, 64 * MIB, "/data/index");
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).as("a mapped file").isFalse();
        kernel.lockedInOneCall = 0;

        lock.unlock();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.lockedInOneCall).isZero();
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** Before Linux 5.18 a munlock goes through what is not resident, too. */
    @Test
    void endsFutureWithoutUnlockingALongFileInOneCall() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, 1024 * MIB, "/data/index");
        kernel.munlock(FILE, 1024 * MIB);
        lock.reconcile();
        kernel.longestWalk = 0;

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.longestWalk).isLessThanOrEqualTo(256 * MIB);
        assertThat(kernel.isReleased(FILE)).isTrue();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void changesWhatIsSelectedWithoutEndingFuture() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, 64 * MIB, "/data/index");
        lock.reconcile();
        kernel.lockedInOneCall = 0;

        assertThat(lock.change(OptionParser.parse("mode=heap,strategy=future")).failure())
                .isNull();

        assertThat(kernel.isFuture()).isTrue();
        assertThat(kernel.lockedInOneCall).isZero();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isFalse();
        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void unlocksWhatIsLeftOfAMappingFromWhoseMiddleMemoryWasGivenBack() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.reserve(Region.HEAP, HEAP + MIB, MIB);

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aFutureThatIsRefusedLeavesTheLockThatIsThere() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 1 << 30;
        start("mode=heap");

        LockFailure failure = lock.change(OptionParser.parse("mode=heap+code,strategy=future"))
                .failure();

        assertThat(failure.meaning()).contains("goes on");
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(process.options.get().selection().modeText()).isEqualTo("heap");
        kernel.commit(Region.HEAP, HEAP + 4 * MIB, 8 * MIB);
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(kernel.isLocked(HEAP + 4 * MIB)).as("it is still kept").isTrue();
    }

    /** Who reports a change of state meanwhile is as talkative as the new options say. */
    @Test
    void theNewOptionsAreInForceBeforeAnythingIsLockedByThem() throws Exception {
        lock.start(OptionParser.parse("mode=none"));
        List<LogLevel> levels = new ArrayList<>();
        kernel.afterLock.put(HEAP, () -> levels.add(process.options.level()));

        lock.change(OptionParser.parse("mode=heap,log=quiet"));

        assertThat(levels).containsOnly(LogLevel.QUIET).isNotEmpty();
    }

    @Test
    void tellsWhatItCouldNotReadBackFromSwap() throws Exception {
        FakeProcess other = new FakeProcess(kernel);
        other.swapInRefusal = "permission denied";
        MemoryLock attached = other.newLock();

        Outcome locked = attached.change(OptionParser.parse("mode=heap"));
        assertThat(locked.undone()).isEqualTo("\nnot read back from swap: permission denied");
        assertThat(locked.isDone()).isFalse();

        Outcome unlocked = attached.change(OptionParser.parse("mode=none"));
        assertThat(unlocked.undone()).isEmpty();
        assertThat(unlocked.isDone()).isTrue();
    }

    @Test
    void unlocksAllItLockedReservedMemoryToo() throws Exception {
        start("mode=all");
        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
    }

    @Test
    void aMappingTheKernelNeverLocksDoesNotBreakThePromise() throws Exception {
        kernel.mapSpecial(FILE, MIB);
        start("mode=other,strategy=rescan");

        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** As of ZGC with a heap of more than 512 GiB: the kernel counts less than nothing, which is more than any limit. */
    @Test
    void aLimitThatIsLiftedDoesNotDoWhereTheKernelMiscounts() throws Exception {
        kernel.reserve(Region.HEAP, 0x1000_0000_0000L, 9L << 40);
        kernel.mayRaiseHardLimit = true;
        process.isMiscounted = true;
        start("mode=all");
        assertThat(kernel.isFuture()).isTrue();
        assertThat(lock.dependsOnCapability()).isTrue();

        kernel.privileged = false;

        assertThat(lock.endFutureWithoutCapability()).isTrue();
        assertThat(kernel.commit(Region.HEAP, HEAP + 4 * MIB, MIB))
                .as("the JVM commits")
                .isTrue();
        lock.reconcile();
        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void anInfiniteLimitDoesNotDoWhereTheKernelMiscounts() throws Exception {
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        process.isMiscounted = true;
        assertThat(start("mode=heap,strategy=future")).isNull();
        assertThat(kernel.isFuture()).isTrue();

        kernel.privileged = false;

        assertThat(lock.endFutureWithoutCapability()).isTrue();
        assertThat(lock.reconcile().notices()).anyMatch(notice -> notice.contains("CAP_IPC_LOCK was dropped"));
        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void setsNoFutureWhereTheKernelMiscountsAndTheCapabilityHasGoneWhileItLocked() throws Exception {
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        process.isMiscounted = true;
        lock.start(OptionParser.parse("mode=none"));
        process.whileSwappingIn = () -> kernel.privileged = false;

        lock.change(OptionParser.parse("mode=all"));

        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void refusesFutureWhereTheKernelMiscountsAndThereIsNoCapability() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        process.isMiscounted = true;

        LockFailure failure = start("mode=heap,strategy=future");

        assertThat(failure.answer()).startsWith("RLIMIT_MEMLOCK soft unlimited");
        assertThat(failure.meaning()).contains("miscount").contains("nothing is locked");
        assertThat(lock.reconcile().notices()).isEmpty();
        assertThat(kernel.chargedBytes()).isZero();
        kernel.privileged = true;
        lock.reconcile();
        assertThat(kernel.isFuture()).isTrue();
    }

    @Test
    void aFutureThatIsRefusedBecauseTheKernelMiscountsLeavesTheLockThatIsThere() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        process.isMiscounted = true;
        assertThat(start("mode=heap")).isNull();

        LockFailure failure =
                lock.change(OptionParser.parse("mode=heap,strategy=future")).failure();

        assertThat(failure.meaning()).contains("goes on");
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void tellsThatTheCapabilityHasGoneWhileFutureWasSet() throws Exception {
        lock.start(OptionParser.parse("mode=none"));
        kernel.afterLockAll = () -> kernel.privileged = false;

        Outcome outcome = lock.change(OptionParser.parse("mode=all"));

        assertThat(kernel.isFuture()).isFalse();
        assertThat(outcome.notices()).anyMatch(notice -> notice.contains("CAP_IPC_LOCK was dropped"));
    }

    /** Otherwise it would be set and ended again until the stack of the thread is used up. */
    @Test
    void setsNoFutureASecondTimeWhereTheLimitCannotBeAskedForAnyMore() throws Exception {
        lock.start(OptionParser.parse("mode=none"));
        kernel.afterLockAll = () -> {
            kernel.privileged = false;
            kernel.filter.put("getrlimit", Errno.EPERM);
        };

        lock.change(OptionParser.parse("mode=all"));

        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    /** The application's thread that asks would load the classes, and may have no stack or heap left for that. */
    @Test
    void whoAsksWhatIsWantedMakesNothing() throws Exception {
        start("mode=all");

        assertThat(lock.wants(NATIVE, NATIVE + MIB)).isEqualTo(HeldPages.Want.YES);

        assertThat(process.isReconcilerMade).isFalse();
    }

    /** As glibc maps for random numbers, on Linux 6.11 and later without the patch of 2026. */
    @Test
    void droppableMemoryThatWasBornLockedBreaksNoUnlock() throws Exception {
        start("mode=all");
        kernel.mapDroppable(FILE, MIB);
        lock.reconcile();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.chargedBytes()).as("the kernel keeps it locked").isEqualTo(MIB);
    }

    @Test
    void droppableMemoryThatIsBornLockedBreaksNoPromise() throws Exception {
        start("mode=heap,strategy=future");
        kernel.mapDroppable(FILE, MIB);

        for (int pass = 0; pass < 3; pass++) {
            assertThat(lock.reconcile().failure()).isNull();
            assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        }
    }

    @Test
    void changingToModeNoneUnlocksEverything() throws Exception {
        start("mode=all");

        assertThat(lock.change(OptionParser.parse("mode=none")).failure()).isNull();

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(lock.status().asked().modeText()).isEqualTo("none");
    }

    @Test
    void endsFutureEvenWhenTheLimitHasComeDownMeanwhile() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mlock(FILE, MIB);
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 6 * MIB;

        lock.change(OptionParser.parse("mode=heap"));

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(FILE)).as("the application's own").isTrue();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.commit(Region.HEAP, HEAP + 4 * MIB, 32 * MIB)).isTrue();
    }

    @Test
    void readsBackFromSwapAndPrefaultsOnlyWhatIsLocked() throws Exception {
        FakeProcess other = new FakeProcess(kernel);
        MemoryLock attached = other.newLock();

        attached.change(OptionParser.parse("mode=heap,strategy=rescan,prefault=heap"));

        assertThat(other.asked).containsExactly("swap in 1", "gently [HEAP] 1");
    }

    @Test
    void atStartPrefaultsWhatMlockallLockedWithoutALookAtEachMapping() throws Exception {
        FakeProcess other = new FakeProcess(kernel);
        int probes = kernel.calls;

        assertThat(other.newLock().start(OptionParser.parse("prefault=heap")).failure())
                .isNull();

        assertThat(other.asked).hasSize(1).first().asString().startsWith("briskly [HEAP]");
        assertThat(kernel.calls - probes).as("calls").isLessThan(14);
    }

    @Test
    void aLateLockBlamesNobodyForMemoryRemappedBeforeFutureWasSet() throws Exception {
        MemoryLock attached = new FakeProcess(kernel).newLock();
        // Locked by the first pass, unlocked when the second looks.
        kernel.afterLock.put(HEAP, () -> kernel.afterRefresh = () -> kernel.munlock(HEAP, 4 * MIB));

        Outcome outcome = attached.change(OptionParser.parse("mode=heap"));

        assertThat(outcome.failure()).isNull();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(outcome.notices()).isEmpty();
    }

    /** A file that is mapped then would be locked page by page as it is read, and nobody watches the room. */
    @Test
    void nothingIsBornLockedWhileAnAttachReadsBack() throws Exception {
        List<Boolean> bornLocked = new ArrayList<>();
        process.whileSwappingIn = () -> {
            bornLocked.add(kernel.isFuture());
            kernel.commit(Region.HEAP, HEAP + 4 * MIB, 8 * MIB);
        };

        Outcome attached = lock.change(OptionParser.parse("mode=all"));

        assertThat(bornLocked).containsExactly(false);
        assertThat(attached.failure()).isNull();
        assertThat(kernel.isFuture()).isTrue();
        assertThat(kernel.isLocked(HEAP + 4 * MIB)).isTrue();
    }

    /** What it has locked until then has to be kept, and can be unlocked: only who has a state is asked to. */
    @Test
    void anAttachThatAnErrorEndsIsNotForgotten() throws Exception {
        kernel.afterLock.put(HEAP, () -> {
            throw new OutOfMemoryError("thrown by the test");
        });

        assertThatThrownBy(() -> lock.change(OptionParser.parse("mode=heap"))).isInstanceOf(OutOfMemoryError.class);

        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** The room cannot be measured: before anything is locked, or after mlockall. */
    @ParameterizedTest
    @CsvSource({"mode=all, false", "'mode=all,strategy=future', true"})
    void aStartThatAnErrorEndsIsNotForgotten(String options, boolean isFuture) throws Exception {
        process.onFreeBytes = () -> {
            throw new IllegalStateException("thrown by the test");
        };

        assertThatThrownBy(() -> start(options)).isInstanceOf(IllegalStateException.class);

        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(lock.status().lastFailure().answer()).contains("the agent failed", "thrown by the test");
        assertThat(kernel.isFuture()).isEqualTo(isFuture);
        process.onFreeBytes = () -> {};
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(isFuture ? Strategy.FUTURE : Strategy.RESCAN);
        assertThat(lock.unlock().failure()).isNull();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aStartThatEndsBeforeTheLimitIsKnownHoldsNothing() throws Exception {
        kernel.onGetrlimit = () -> {
            throw new OutOfMemoryError("thrown by the test");
        };

        assertThatThrownBy(() -> start("mode=all")).isInstanceOf(OutOfMemoryError.class);

        assertThat(lock.status()).isNull();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aRefusedFutureIsSetOnceTheLimitIsLifted() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 8 * MIB;
        assertThat(lock.start(OptionParser.parse("mode=heap,strategy=future")).failure())
                .isNotNull();
        assertThat(lock.reconcile().notices()).isEmpty();
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;

        Outcome lifted = lock.reconcile();

        assertThat(lifted.notices()).containsExactly(Failures.LIFTED);
        assertThat(kernel.isFuture()).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** A pass finds the heap locked, then a munlockall comes, and the pass finds the rest unlocked. */
    @Test
    void theNextPassFindsWhatWasUnlockedBehindTheLast() throws Exception {
        long far = METASPACE;
        for (long i = 0; i < 40; i++) {
            kernel.commit(Region.METASPACE, far + i * 4 * MIB, MIB);
        }
        start("mode=all");
        lock.reconcile();
        for (long i = 0; i < 40; i++) {
            kernel.munlock(far + i * 4 * MIB, MIB);
        }
        kernel.afterLock.put(far, () -> kernel.munlock(HEAP, 4 * MIB));
        lock.reconcileAfterChange();
        assertThat(kernel.isLocked(far)).isTrue();
        assertThat(kernel.isLocked(HEAP)).isFalse();

        lock.reconcile();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    /** A filter is no limit. */
    @Test
    void aFutureThatTheKernelRefusesIsNotTakenForOneThatALimitRefused() throws Exception {
        lock.start(OptionParser.parse("mode=none"));
        kernel.filter.put("mlockall", Errno.EPERM);
        lock.change(OptionParser.parse("mode=heap,strategy=future"));
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);

        for (int pass = 0; pass < 3; pass++) {
            assertThat(lock.reconcile().notices()).isEmpty();
        }
    }

    @Test
    void aLateLockTellsOfWhatCameWhileItWasTaken() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 5 * MIB;
        FakeProcess other = new FakeProcess(kernel);
        other.whileSwappingIn = () -> kernel.commit(Region.HEAP, HEAP + 4 * MIB, 8 * MIB);
        MemoryLock attached = other.newLock();

        LockFailure failure = attached.change(OptionParser.parse("mode=heap")).failure();

        assertThat(failure).isNotNull();
        assertThat(attached.status().state()).isEqualTo(LockState.PARTIAL);
    }

    @Test
    void memoryRemappedWhileItIsLockedIsNotTakenForNeverLocked() throws Exception {
        kernel.afterLock.put(HEAP, () -> kernel.commit(Region.HEAP, HEAP, 4 * MIB));
        start("mode=heap,strategy=rescan");
        lock.reconcile();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void memoryRemappedAtEachTryIsTriedAgainThoughMapsLooksTheSame() throws Exception {
        Runnable remap = () -> kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.afterLock.put(HEAP, remap);
        kernel.afterLockAgain.put(HEAP, remap);
        start("mode=heap,strategy=rescan");
        assertThat(kernel.isLocked(HEAP)).isFalse();

        lock.reconcile();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void memoryThatShrinksBeforeItIsItsTurnIsNoFailure() throws Exception {
        kernel.afterRefresh = () -> kernel.unmap(NATIVE + MIB / 2, MIB / 2);

        LockFailure failure = lock.change(OptionParser.parse("mode=heap+native,strategy=rescan"))
                .failure();

        assertThat(failure).isNull();
        assertThat(lock.status().failureCount()).isZero();
        assertThat(kernel.isLocked(NATIVE)).isTrue();
    }

    @Test
    void aLateLockCoversWhatIsOnlyReservedWhereThereIsNoLimit() throws Exception {
        lock.change(OptionParser.parse("mode=all"));
        assertThat(kernel.isLocked(HEAP + 4 * MIB)).as("reserved").isTrue();

        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 20 * MIB;
        lock.change(OptionParser.parse("mode=heap"));
        assertThat(kernel.isLocked(HEAP + 4 * MIB))
                .as("reserved, under a limit")
                .isFalse();
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    /** The agent's locks are there until it is their turn: nobody takes them for the application's. */
    @ParameterizedTest
    @CsvSource({"mode=none", "mode=heap"})
    void pagesThatAreHeldWhileTheAgentUnlocksAreUnlockedWhenTheyAreLetGo(String options) throws Exception {
        HeldPages.Range page = new HeldPages.Range(NATIVE, NATIVE + FakeKernel.PAGE);
        HeldPages.Manner onFault = new HeldPages.Manner(false, false);
        process.held().askWhetherWanted(lock::wants);
        start("mode=heap+code+native,strategy=rescan");
        kernel.afterUnlock.put(CODE, () -> process.held().hold(page, onFault));

        lock.change(OptionParser.parse(options + ",strategy=rescan"));
        assertThat(kernel.isLocked(NATIVE)).as("held").isTrue();
        process.held().release(page, onFault);

        assertThat(kernel.isLocked(NATIVE)).isFalse();
    }
}
