// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.HeldPages;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How soon what others did is found, and what happens to what changes while it is being looked at. */
class ReconcilerTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long FILE = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, MIB);
        kernel.commit(Region.CODE, CODE, MIB);
    }

    private LockFailure start(String options) throws Exception {
        LockFailure failure = lock.start(OptionParser.parse(options)).failure();
        lock.reconcile();
        lock.reconcile();
        return failure;
    }

    private static long heap(int i) {
        return HEAP + (100 + 2L * i) * MIB;
    }

    /** Under future a few are asked in each pass, each in its turn; under rescan all of so few. */
    @ParameterizedTest
    @CsvSource({"mode=all, 48, 4", "'mode=heap,strategy=rescan', 48, 1", "'mode=heap,strategy=rescan', 1100, 3"})
    void whicheverLockIsTakenAwayIsFoundSoon(String options, int mappings, int passes) throws Exception {
        for (int i = 0; i < mappings; i++) {
            kernel.commit(Region.HEAP, heap(i), MIB);
        }
        start(options);
        for (int i = 0; i < mappings; i += mappings / 12) {
            kernel.munlock(heap(i), MIB);
            for (int pass = 0; pass < passes; pass++) {
                lock.reconcile();
            }
            assertThat(kernel.isLocked(heap(i))).as("mapping %s", i).isTrue();
            lock.reconcile();
        }
    }

    @Test
    void filesThatComeWhileOthersAreUnlockedAreUnlockedInTheSamePass() throws Exception {
        start("mode=all");
        kernel.mapAtEachLook(FILE, 1, 6);
        kernel.mapFile(FILE, MIB, "/data/0");

        assertThat(lock.reconcile().failure()).isNull();

        for (int i = 0; i <= 6; i++) {
            assertThat(kernel.isLocked(FILE + 2L * i * MIB)).as("file %s", i).isFalse();
        }
    }

    /** The kernel maps downwards: what was mapped last, and is being read just now, has the lowest address. */
    @Test
    void unlocksTheNewestFirst() throws Exception {
        start("mode=all");
        List<Long> unlocked = new ArrayList<>();
        for (long start : new long[] {FILE + 4 * MIB, FILE + 2 * MIB, FILE}) {
            kernel.mapFile(start, MIB, "/data/" + start);
            kernel.afterUnlock.put(start, () -> unlocked.add(start));
        }

        lock.reconcile();

        assertThat(unlocked).containsExactly(FILE, FILE + 2 * MIB, FILE + 4 * MIB);
    }

    @Test
    void unlocksAsManyAsThereAre() throws Exception {
        start("mode=all");
        for (int i = 0; i < 200; i++) {
            kernel.mapFile(FILE + 2L * i * MIB, MIB, "/data/" + i);
        }

        lock.reconcile();

        for (int i = 0; i < 200; i++) {
            assertThat(kernel.isLocked(FILE + 2L * i * MIB)).as("file %s", i).isFalse();
        }
    }

    /** With little room there is no moment to spare, but whose lock it is has to be seen all the same. */
    @Test
    void unlocksNothingOfTheApplicationsAlsoWhereTheRoomIsScarce() throws Exception {
        process.freeBytes = 4 * MIB;
        start("mode=all,strategy=future");
        kernel.mapFile(FILE, MIB, "/data/ours");
        kernel.mapFile(FILE + 2 * MIB, MIB, "/data/theirs");
        kernel.mlock(FILE + 2 * MIB, MIB);

        for (int pass = 0; pass < 3; pass++) {
            lock.reconcile();
        }

        assertThat(kernel.isLocked(FILE)).isFalse();
        assertThat(kernel.isLocked(FILE + 2 * MIB)).isTrue();
    }

    /** As by a filter that answers in the kernel's place: what is in maps is there. */
    @ParameterizedTest
    @ValueSource(strings = {"mode=heap,strategy=rescan", "mode=all,strategy=future"})
    void whatIsCalledGoneAndIsThereIsNotCalledLocked(String options) throws Exception {
        start(options);
        kernel.munlockall();
        kernel.commit(Region.HEAP, HEAP, 2 * MIB);
        kernel.filter.put("msync", Errno.ENOMEM);
        kernel.filter.put("mlock2", Errno.ENOMEM);

        LockFailure failure = lock.reconcileAfterChange().failure();

        assertThat(failure).isNotNull();
        assertThat(failure.tried()).startsWith("mlock2").contains("heap");
        assertThat(failure.answer()).startsWith("ENOMEM");
        assertThat(lock.status().state()).isNotEqualTo(LockState.LOCKED);
    }

    @Test
    void aDriversMemoryIsNeverReleasedAndAFileIs() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mapFile(FILE + 2 * MIB, MIB, "/dev/nvidia0");
        kernel.mapFile(FILE + 4 * MIB, MIB, "/dev/shm/buffer");
        kernel.mapFile(FILE + 6 * MIB, MIB, "anon_inode:[perf_event]");
        lock.reconcile();
        kernel.lockedInOneCall = 0;

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.isReleased(FILE)).isTrue();
        assertThat(kernel.isReleased(FILE + 4 * MIB)).isTrue();
        assertThat(kernel.isReleased(FILE + 2 * MIB)).as("/dev/nvidia0").isFalse();
        assertThat(kernel.isReleased(FILE + 6 * MIB)).as("anon_inode").isFalse();
        assertThat(kernel.isReleased(HEAP)).as("the heap").isFalse();
        assertThat(kernel.lockedInOneCall).isZero();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aFileThatTheApplicationLocksWhileFutureEndsStaysLocked() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mapFile(FILE + 2 * MIB, MIB, "/data/other");
        lock.reconcile();
        kernel.afterLockedLook = () -> kernel.mlock(FILE, MIB);

        lock.unlock();

        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(kernel.isLocked(FILE + 2 * MIB)).isFalse();
        assertThat(kernel.chargedBytes()).isEqualTo(MIB);
    }

    /** It may be another one by now that has gone the same way. */
    @Test
    void countsAsRelockedWhatTheKeeperHadToLock() throws Exception {
        start("mode=heap,strategy=rescan");
        assertThat(lock.status().relockCount()).isZero();
        kernel.commit(Region.HEAP, heap(0), MIB);
        kernel.commit(Region.HEAP, heap(1), MIB);

        lock.reconcile();

        assertThat(lock.status().relockCount()).isEqualTo(2);
    }

    /** The call that ends MCL_FUTURE locks that, too: for instance the stack of a thread that starts. */
    @Test
    void givesBackWhatIsMappedWhileFutureEnds() throws Exception {
        start("mode=all");
        kernel.afterLockedLook = () -> kernel.commit(Region.STACKS, FILE, MIB);

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.isMapped(FILE)).isTrue();
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** HotSpot commits by mapping over the start of what it has reserved. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unlocksTheRestOfAMappingWhoseStartWasRemappedBetweenLookAndProbe(boolean isByAChange) throws Exception {
        start("mode=all");
        kernel.reserve(Region.METASPACE, FILE, MIB);
        lock.reconcileAfterChange();
        kernel.afterLockedLook =
                () -> kernel.afterRefresh = () -> kernel.commit(Region.METASPACE, FILE, FakeKernel.PAGE);

        assertThat((isByAChange ? lock.change(OptionParser.parse("mode=heap,strategy=rescan")) : lock.unlock())
                        .failure())
                .isNull();

        assertThat(kernel.isLocked(FILE + FakeKernel.PAGE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unlocksTheRestOfAMappingWhoseStartWasUnmappedBetweenLookAndProbe(boolean isBefore) throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.afterRefresh = () -> kernel.unmap(HEAP, FakeKernel.PAGE);
        if (isBefore) {
            lock.reconcileAfterChange();
        }

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.isMapped(HEAP + FakeKernel.PAGE)).isTrue();
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** What is written there is in no file: taken out of the page tables, it would be lost. */
    @Test
    void aFileThatIsMappedPrivatelyIsNeverReleased() throws Exception {
        start("mode=all");
        kernel.mapPrivateFile(FILE, MIB, "/data/copy");
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).isFalse();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.isReleased(FILE)).isFalse();
        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    /** Until the next pass it would be locked page by page as it is read. */
    @Test
    void aFileIsUnlockedRightAfterTheCallThatEndsFuture() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        lock.reconcile();
        int looks = kernel.looks;
        List<Integer> looksUntilUnlocked = new ArrayList<>();
        kernel.afterUnlock.put(FILE, () -> looksUntilUnlocked.add(kernel.looks - looks));

        lock.unlock();

        assertThat(looksUntilUnlocked).as("the look before the end").containsExactly(1);
    }

    /** To read smaps takes long in a large process, and what is mapped meanwhile is born locked. */
    @Test
    void looksOnceWhatTheApplicationLockedWhereNothingWasLockedMeanwhile() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        lock.reconcile();
        List<Boolean> isFutureAtLook = new ArrayList<>();
        kernel.afterLockedLook = () -> {
            isFutureAtLook.add(kernel.isFuture());
            kernel.afterLockedLook = () -> isFutureAtLook.add(kernel.isFuture());
        };

        lock.unlock();

        assertThat(isFutureAtLook).containsExactly(true, false);
    }

    @Test
    void whatTheApplicationLocksWhereOursWasUnmappedIsTheApplications() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.unmap(HEAP, MIB);
        lock.reconcile();
        lock.reconcile();
        kernel.mapFile(HEAP, MIB, "/data/index");
        kernel.mlock2(HEAP, MIB, Linux.MLOCK_ONFAULT);

        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void whatTheApplicationLocksRightAfterItWasUnlockedIsTheApplications() throws Exception {
        start("mode=heap+code,strategy=rescan");
        process.whileSwappingIn = () -> {
            assertThat(kernel.isLocked(CODE)).isFalse();
            kernel.mlock2(CODE, MIB, Linux.MLOCK_ONFAULT);
        };

        lock.change(OptionParser.parse("mode=heap,strategy=rescan"));

        assertThat(kernel.isLocked(CODE)).isTrue();
    }

    @Test
    void whatTheApplicationHasUnlockedIsUnlockedWhenItIsBornLockedAgain() throws Exception {
        start("mode=all");
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mlock(FILE, MIB);
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).as("while it is the application's").isTrue();
        kernel.munlock(FILE, MIB);
        lock.reconcileAfterChange();
        kernel.commit(Region.CODE, CODE + 2 * MIB, MIB);
        lock.reconcile();

        kernel.unmap(FILE, MIB);
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.commit(Region.CODE, CODE + 4 * MIB, MIB);
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    /** As memory does that turns out to be malloc's once its header has been read. */
    @Test
    void givesBackWhatHasBecomeAnotherRegionsSinceItWasLocked() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.regionsWithin.put(HEAP + MIB / 2, Region.NATIVE);
        lock.reconcileAfterChange();
        lock.reconcileAfterChange();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatIsUnmappedBeforeItsTurnIsNeitherMissingNorAFailure() throws Exception {
        kernel.commit(Region.NATIVE, FILE, MIB);
        kernel.afterLock.put(HEAP, () -> kernel.unmap(FILE, MIB));

        assertThat(start("mode=heap+native,strategy=rescan")).isNull();

        assertThat(lock.status().failureCount()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** After a failure nothing is looked at twice, and what has gone is no failure all the same. */
    @Test
    void whatIsUnmappedBeforeItsTurnIsNoFailureAfterOne() throws Exception {
        kernel.commit(Region.NATIVE, FILE, MIB);
        kernel.filter.put("mlock2", Errno.EPERM);
        assertThat(start("mode=heap+native,strategy=rescan")).isNotNull();
        kernel.filter.clear();
        kernel.afterLock.put(HEAP, () -> kernel.unmap(FILE, MIB));

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** The call locks as far as the hole, and what was seen to begin there ends there now. */
    @Test
    void whatLiesBehindAHoleThatCameMeanwhileIsLockedInTheSamePass() throws Exception {
        kernel.commit(Region.NATIVE, FILE, MIB);
        kernel.afterRefresh = () -> kernel.unmap(FILE + MIB / 2, FakeKernel.PAGE);

        assertThat(lock.start(OptionParser.parse("mode=heap+native,strategy=rescan"))
                        .failure())
                .isNull();

        assertThat(kernel.isLocked(FILE + MIB / 2 + FakeKernel.PAGE)).isTrue();
    }

    /** A heap at its maximum: the call is made, and there is no memory to note it. */
    @Test
    void whatAnErrorFollowsTheLockOfIsOursAllTheSame() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.commit(Region.HEAP, heap(0), MIB);
        kernel.commit(Region.HEAP, heap(1), MIB);
        kernel.afterLock.put(heap(0), () -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        assertThatThrownBy(lock::reconcileAfterChange).isInstanceOf(OutOfMemoryError.class);
        assertThat(lock.reconcileAfterChange().failure()).isNull();
        assertThat(kernel.chargedBytes()).isEqualTo(3 * MIB);

        assertThat(lock.unlock().failure()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** A filter may answer for msync without asking the kernel: the other call tells. */
    @Test
    void whatIsLockedIsKnownToBeThoughTheFirstProbeDeniesIt() throws Exception {
        kernel.filter.put("msync", 0);

        start("mode=heap,strategy=rescan,prefault=heap");

        assertThat(process.asked).containsExactly("briskly [HEAP] 1");
    }

    /** Only the look in the midst of the pass tells that there is more: the counts are the same again at the next. */
    @Test
    void whatIsFoundInTheMidstOfAPassIsLockedInTheNext() throws Exception {
        kernel.commit(Region.NATIVE, FILE, MIB);
        start("mode=heap+native,strategy=rescan");
        kernel.commit(Region.HEAP, heap(0), MIB);
        kernel.commit(Region.NATIVE, FILE + 4 * MIB, MIB);
        kernel.afterLock.put(heap(0), () -> {
            kernel.unmap(FILE + 4 * MIB, MIB);
            kernel.commit(Region.HEAP, heap(1), MIB);
        });
        lock.reconcileAfterChange();

        lock.reconcile();

        assertThat(kernel.isLocked(heap(1))).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** The kernel joins a page that a handle holds on-fault with what is locked behind it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unlocksWhatTheKernelHasJoinedWithAHeldPageBeforeIt(boolean isAtOnce) throws Exception {
        HeldPages.Range page = new HeldPages.Range(CODE, CODE + FakeKernel.PAGE);
        process.held().hold(page, new HeldPages.Manner(false, false));
        kernel.mlock2(page.start(), page.length(), Linux.MLOCK_ONFAULT);
        start("mode=code,strategy=rescan");
        lock.reconcileAfterChange();

        if (isAtOnce) {
            process.reconciler().unlockAtOnce();
        } else {
            assertThat(lock.unlock().failure()).isNull();
        }

        assertThat(kernel.chargedBytes()).isEqualTo(FakeKernel.PAGE);
        assertThat(kernel.isLocked(CODE)).isTrue();
    }
}
