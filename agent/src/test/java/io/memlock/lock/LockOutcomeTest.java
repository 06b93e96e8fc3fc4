// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.LockLimit;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start, a change, a pass and an unlock answer, and the status tells afterwards, is what the kernel shows. */
class LockOutcomeTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long FILE = 0x4000_0000L;
    private static final long HEAP_OF_ZGC = 4L << 40;
    private static final long SCARCE = 256 * MIB;

    @TempDir
    private Path proc;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final AnsweringLock lock = new AnsweringLock(process.newLock());

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
    }

    private void limit(long bytes) {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = bytes;
    }

    @Test
    void withLittleRoomOneCallLocksAllThereIsAndAllOfItIsGivenBack() throws Exception {
        process.freeBytes = SCARCE;

        assertThat(lock.start("mode=all,prefault=heap")).isNull();

        assertThat(kernel.lockedInOneCall).isEqualTo(6 * MIB);
        assertThat(process.asked).containsExactly("briskly [HEAP] 2");
        assertThat(lock.last().prefaultRefusal()).isNull();
        lock.reconcile();
        assertThat(lock.unlock()).isNull();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.EAGAIN})
    void withLittleRoomAndThatCallRefusedAllIsLockedPieceByPiece(int answer) throws Exception {
        process.freeBytes = SCARCE;
        kernel.filter.put("mlockall", answer);

        assertThat(lock.start("mode=all")).isNull();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void prefaultsAtStartOnlyWhatIsLockedByName() throws Exception {
        lock.start("mode=heap,strategy=rescan,prefault=heap");

        assertThat(process.asked).containsExactly("briskly [HEAP] 1");
    }

    /** Of a region that does not fit under the limit nothing is touched, and what stays unlocked would not stay in RAM. */
    @Test
    void whatIsNotLockedIsNotToldAsPrefaulted() throws Exception {
        limit(3 * MIB);

        lock.start("mode=code+heap,prefault=heap");
        assertThat(lock.last().prefaultRefusal()).isEqualTo("not all of heap is locked");
        assertThat(lock.itself().isPrefaultRefused()).isTrue();
        assertThat(lock.itself().isIncomplete(Region.HEAP)).isTrue();
        assertThat(lock.itself().isIncomplete(Region.CODE)).isFalse();

        lock.change("mode=code+heap,prefault=code");
        assertThat(lock.last().prefaultRefusal()).isNull();
        lock.change("mode=code+heap,prefault=code+heap");
        assertThat(lock.last().prefaultRefusal()).isEqualTo("not all of heap is locked");
    }

    @Test
    void aPrefaultThatFailsAtTheStartIsNotToldAsDone() throws Exception {
        process.mapsFailure = new IOException("Too many open files");

        lock.start("mode=all,prefault=heap");

        assertThat(lock.itself().isPrefaultRefused()).isTrue();
    }

    /** It may take minutes. */
    @Test
    void aChangeThatPrefaultsIsToldAsPopulating() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        List<Boolean> meanwhile = new ArrayList<>();
        process.whilePrefaulting = () -> meanwhile.add(lock.itself().isPrefaulting());

        lock.change("mode=heap,strategy=rescan,prefault=heap");

        assertThat(meanwhile).containsOnly(true).isNotEmpty();
        assertThat(lock.itself().isPrefaulting()).isFalse();
    }

    /** Once the application runs, no call may walk so much that the JVM stalls. */
    @Test
    void goesInPiecesAfterAStartAndInAChange() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        kernel.commit(Region.HEAP, HEAP, 200 * MIB);
        kernel.longestWalk = 0;
        lock.reconcile();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.longestWalk).isLessThan(100 * MIB);

        FakeKernel other = new FakeKernel();
        other.commit(Region.HEAP, HEAP, 200 * MIB);
        new FakeProcess(other).newLock().change(OptionParser.parse("mode=heap,strategy=rescan"));
        assertThat(other.isLocked(HEAP)).isTrue();
        assertThat(other.longestWalk).isLessThan(100 * MIB);
    }

    @Test
    void aChangeToNothingThatDoesNotGiveBackIsAFailure() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        kernel.filter.put("munlock", Errno.EPERM);

        assertThat(lock.change("mode=none")).isNotNull();
        assertThat(lock.last().hasFailedCalls()).isTrue();

        kernel.filter.clear();
        assertThat(lock.reconcile()).isNull();
        assertThat(lock.last().hasFailedCalls()).isFalse();
    }

    @Test
    void aChangeToFutureThatIsRefusedWhereNothingIsLockedLeavesNothingLocked() throws Exception {
        limit(64 * MIB);
        lock.start("mode=none");

        assertThat(lock.change("mode=heap,strategy=future")).isNotNull();

        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.reconcile()).as("and it stays told").isNotNull();
    }

    /** Nobody else would unlock it. */
    @Test
    void aChangeToFutureThatIsRefusedWhileAnUnlockGoesOnLetsItGoOn() throws Exception {
        limit(64 * MIB);
        lock.start("mode=heap");
        kernel.filter.put("munlock", Errno.EPERM);
        assertThat(lock.unlock()).isNotNull();

        LockFailure refused = lock.change("mode=heap,strategy=future");
        assertThat(refused.cause()).startsWith("not done; what was asked for before goes on: once the limit");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        kernel.filter.clear();

        assertThat(lock.reconcile()).isNull();
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, 0})
    void aChangeWhoseNewMemoryCannotBeBornLockedTellsThat(int answer) throws Exception {
        kernel.filter.put("mlockall", answer);

        LockFailure insisted = lock.change("mode=all,strategy=future");
        assertThat(insisted.effect()).startsWith("new memory is unlocked, and can be swapped out");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.last().notices()).isEmpty();

        assertThat(lock.change("mode=all")).isNull();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(lock.last().notices()).singleElement().asString().contains("locking mapping by mapping");
    }

    @Test
    void aChangeThatNothingCanVerifyIsNotCalledLocked() throws Exception {
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        kernel.filter.put("mlockall", 0);
        kernel.filter.put("msync", Errno.EPERM);
        kernel.filter.put("madvise", Errno.EACCES);

        LockFailure failure = lock.change("mode=heap,strategy=future");

        assertThat(failure.answer()).contains("cannot read back");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
    }

    /** What the others have given up counts for nobody but them: at their next commit the kernel ends the JVM. */
    @Test
    void endsFutureForGoodWhenAThreadHasDroppedTheCapability() throws Exception {
        kernel.tasks = proc.toFile();
        FakeProcess threaded = new FakeProcess(kernel);
        AnsweringLock ofThreads = new AnsweringLock(threaded.newLock());
        Files.createDirectories(proc.resolve("self/task/4711"));
        assertThat(ofThreads.start("mode=all")).isNull();
        ofThreads.reconcile();
        assertThat(kernel.isFuture()).isTrue();
        kernel.threadsWithoutCapability.add(4711);

        assertThat(ofThreads.reconcile()).isNull();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(ofThreads.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(ofThreads.last().notices())
                .singleElement()
                .asString()
                .startsWith("a thread has dropped CAP_IPC_LOCK");
        kernel.threadsWithoutCapability.clear();
        ofThreads.change("mode=all");
        assertThat(kernel.isFuture()).as("it may do so again").isFalse();
    }

    /** The application's own would end the JVM in the same way, and the operator is told that it is off. */
    @Test
    void endsTheApplicationsFutureTooWhenAThreadHasDroppedTheCapability() throws Exception {
        kernel.tasks = proc.toFile();
        AnsweringLock ofThreads = new AnsweringLock(new FakeProcess(kernel).newLock());
        Files.createDirectories(proc.resolve("self/task/4711"));
        kernel.mlockall(Linux.MCL_FUTURE);
        ofThreads.change("mode=all");
        kernel.threadsWithoutCapability.add(4711);

        assertThat(ofThreads.reconcile()).isNull();

        assertThat(ofThreads.last().notices()).singleElement().asString().contains("MCL_FUTURE is off now");
        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void anEndThatIsNotNeededIsNone() throws Exception {
        lock.start("mode=all");

        assertThat(lock.itself().endFutureWithoutCapability()).isFalse();
        assertThat(kernel.isFuture()).isTrue();
    }

    @Test
    void aLimitThatIsLiftedIsTold() throws Exception {
        limit(MIB);
        lock.start("mode=all");
        kernel.privileged = true;

        lock.reconcile();

        assertThat(lock.last().notices())
                .singleElement()
                .asString()
                .startsWith("the limit on locked memory was lifted");
    }

    @Test
    void anUnlockWithoutALockKnowsTheLimitAllTheSame() throws Exception {
        assertThat(lock.unlock()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(lock.status().limit()).isNotNull();
    }

    @Test
    void theStatusTellsWhatIsAskedFor() throws Exception {
        lock.start("mode=all");
        assertThat(lock.status().asked().modeText()).isEqualTo("all");
        assertThat(lock.status().asked().excluded()).containsExactly(Region.MAPPED);
        assertThat(lock.status().failureCount()).isZero();

        lock.unlock();
        assertThat(lock.status().asked().modeText()).isEqualTo("none");
        assertThat(lock.status().asked().excluded()).isEmpty();
    }

    @Test
    void eachPassThatEndsWithSomethingMissingIsCounted() throws Exception {
        limit(MIB);
        lock.start("mode=heap");
        lock.reconcile();

        assertThat(lock.status().failureCount()).isEqualTo(2);
    }

    @Test
    void whatWasNeverLookedAtWasNeverVerified() throws Exception {
        process.mapsFailure = new IOException("/proc/self/maps: permission denied");
        lock.start("mode=heap,strategy=rescan");
        assertThat(lock.status().verified()).isNull();
        assertThatThrownBy(lock::reconcile).isInstanceOf(IOException.class);
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);

        process.mapsFailure = null;
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        long verified = lock.status().verified().nanos();
        process.mapsFailure = new IOException("/proc/self/maps: permission denied");
        assertThatThrownBy(lock.itself()::reconcileAfterChange).isInstanceOf(IOException.class);
        assertThat(lock.status().verified().nanos())
                .as("not by a look that failed")
                .isEqualTo(verified);
    }

    @Test
    void whatAPassHasLockedThatCannotLookAgainIsNotCalledUnlocked() throws Exception {
        kernel.afterLock.put(HEAP, () -> {
            kernel.unmap(CODE, 2 * MIB); // whether it has gone takes one more look
            process.mapsFailure = new IOException("/proc/self/maps: too many open files");
        });

        assertThatThrownBy(() -> lock.change("mode=heap+code,strategy=rescan")).isInstanceOf(IOException.class);

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThatThrownBy(lock::reconcile).isInstanceOf(IOException.class);
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
    }

    @Test
    void aPassIsDueUntilWhatWasBornUnwantedIsUnlocked() throws Exception {
        process.freeBytes = 64 * MIB;
        lock.start("mode=all,strategy=future");
        lock.reconcile();
        long now = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        assertThat(lock.itself().nanosToNextLook(System.nanoTime())).isLessThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(lock.itself().isPassDue(now)).isFalse();

        kernel.mapFile(FILE, 32 * MIB, "/data/index");
        assertThat(lock.itself().isPassDue(now + TimeUnit.MINUTES.toNanos(1))).isTrue();
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
        assertThat(lock.itself().isPassDue(now + TimeUnit.MINUTES.toNanos(2))).isFalse();
    }

    /** Each of these looks would ask for a pass, and none would find anything to do. */
    @Test
    void nothingThatIsBornIsWatchedAfterAnUnlock() throws Exception {
        process.freeBytes = 64 * MIB;
        lock.start("mode=all,strategy=future");
        lock.reconcile();

        assertThat(lock.unlock()).isNull();

        assertThat(lock.itself().nanosToNextLook(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
        kernel.mapFile(FILE, 32 * MIB, "/data/index");
        kernel.mlock(FILE, 32 * MIB);
        assertThat(lock.itself().isPassDue(System.nanoTime() + TimeUnit.MINUTES.toNanos(1)))
                .isFalse();
    }

    @Test
    void littleIsWatchedWhereNothingIsBornLockedAndSwapCannotHelp() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        lock.reconcile();

        long now = System.nanoTime();
        assertThat(lock.itself().isPassDue(now)).isFalse();
        assertThat(lock.itself().nanosToNextLook(now))
                .isBetween(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void nothingIsWatchedWhereNothingIsLocked() throws Exception {
        lock.start("mode=none");

        assertThat(lock.itself().nanosToNextLook(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
        assertThat(lock.itself().isPassDue(Long.MAX_VALUE)).isFalse();
    }

    /** Any growth of a locked stack ends the JVM then. */
    @Test
    void aLimitOfZeroUnlocksTheFirstThreadsStack() throws Exception {
        kernel.mapStack(0x7fff_0000_0000L, MIB);
        lock.start("mode=all,strategy=rescan");
        lock.reconcile();
        limit(0);

        for (int pass = 0; pass < 6; pass++) {
            lock.reconcile();
        }

        assertThat(kernel.growStack(MIB)).isTrue();
    }

    @Test
    void aLateLockPopulatesAllOfTheMirrorOfZgcsHeap() throws Exception {
        kernel.unmap(HEAP, 4 * MIB);
        kernel.mapHeapFile(HEAP_OF_ZGC, 1024 * MIB, 0);
        assertThat(lock.itself().populateMirror()).as("no view yet").isFalse();

        assertThat(lock.change("mode=heap,strategy=rescan")).isNull();

        assertThat(lock.itself().zgcMirror().bytes()).isEqualTo(1024 * MIB);
        assertThat(lock.itself().populateMirror()).isFalse();
    }

    @Test
    void theMirrorIsPopulatedPartByPart() throws Exception {
        kernel.unmap(HEAP, 4 * MIB);
        kernel.mapHeapFile(4L << 40, 1024 * MIB, 0);
        lock.start("mode=heap,strategy=rescan");
        int parts = 1;
        while (lock.itself().populateMirror()) {
            parts++;
            assertThat(parts).isLessThan(100);
        }

        assertThat(parts).isGreaterThan(1);
        assertThat(lock.itself().zgcMirror().bytes()).isEqualTo(1024 * MIB);
    }

    /** As when an operator lowers it again, or the process drops root, while the keeper locks what there is. */
    @Test
    void aLimitThatComesDownBeforeFutureIsSetIsToldWithWhatItLeavesUnlocked() throws Exception {
        limit(MIB);
        lock.start("mode=all");
        kernel.privileged = true;
        kernel.afterLock.put(HEAP, () -> limit(MIB));

        LockFailure failure = lock.reconcile();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(failure).isNotNull();
        assertThat(lock.status().state()).isNotEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    @Test
    void whatCannotBeLockedOnceFutureIsSetIsTold() throws Exception {
        limit(MIB);
        lock.start("mode=all");
        kernel.privileged = true;
        kernel.afterRefresh = () -> kernel.afterRefresh = () -> {
            kernel.munlock(HEAP, 4 * MIB);
            kernel.filter.put("mlock2", Errno.EPERM);
        };

        LockFailure failure = lock.reconcile();

        assertThat(kernel.isFuture()).isTrue();
        assertThat(failure).isNotNull();
        assertThat(failure.answer()).startsWith("EPERM");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
    }

    @Test
    void whatIsMissingIsToldAlsoWhereNewMemoryCannotBeBornLocked() throws Exception {
        limit(MIB);
        lock.start("mode=all");
        kernel.privileged = true;
        kernel.filter.put("mlock2", Errno.EPERM);
        kernel.filter.put("mlockall", Errno.EPERM);

        LockFailure failure = lock.reconcile();

        assertThat(failure).isNotNull();
        assertThat(failure.tried()).startsWith("mlock2");
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(lock.status().state()).isNotEqualTo(LockState.LOCKED);
    }

    /** Since MCL_FUTURE has ended, nothing is born locked any more: what is locked and not known is somebody else's. */
    @Test
    void whatTheApplicationLocksAfterTheEndOfFutureIsTheApplications() throws Exception {
        lock.start("mode=all");
        lock.reconcile();
        limit(64 * MIB);
        assertThat(lock.itself().endFutureWithoutCapability()).isTrue();
        kernel.mapFile(FILE, MIB, "/data/index");
        kernel.mlock2(FILE, MIB, Linux.MLOCK_ONFAULT);

        for (int pass = 0; pass < 3; pass++) {
            assertThat(lock.reconcile()).isNull();
        }

        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(lock.unlock()).isNull();
        assertThat(kernel.chargedBytes()).isEqualTo(MIB);
    }

    /** As where main drops root at once. */
    @Test
    void aLimitThatAppliesBeforeTheFirstPassKeepsItsReserve() throws Exception {
        lock.start("mode=all");
        limit(4 * MIB);
        assertThat(lock.itself().endFutureWithoutCapability()).isTrue();

        lock.reconcile();

        assertThat(kernel.chargedBytes()).isLessThanOrEqualTo(LockLimit.usableBytes(4 * MIB));
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(lock.last().notices()).singleElement().asString().contains("CAP_IPC_LOCK was dropped");
    }

    /** What ZGC has unmapped since is not to be populated: it would be memory that nobody gives back. */
    @Test
    void theMirrorIsNotPopulatedWhereTheHeapIsMappedNoMore() throws Exception {
        kernel.unmap(HEAP, 4 * MIB);
        kernel.mapHeapFile(4L << 40, 1024 * MIB, 0);
        lock.start("mode=heap,strategy=rescan");
        lock.reconcile();
        kernel.unmap(HEAP_OF_ZGC, 512 * MIB);

        while (lock.itself().populateMirror()) {}

        assertThat(lock.itself().zgcMirror().bytes()).isEqualTo(512 * MIB);
    }

    @Test
    void zgcsHeapIsNotCalledLockedWhereItsMirrorCannotBePopulated() throws Exception {
        kernel.mapHeapFile(HEAP_OF_ZGC, 4 * MIB, 0);
        lock.start("mode=heap,strategy=rescan");
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        kernel.filter.put("madvise", Errno.EFAULT);
        lock.itself().populateMirror();
        kernel.filter.clear();

        lock.reconcile();

        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
    }

    /** One call locks without a note of what, and what is locked may have to be unlocked in a moment. */
    @Test
    void withNoRoomAtAllWhatIsLockedIsKnownFromTheBeginning() throws Exception {
        process.freeBytes = 0;

        assertThat(lock.start("mode=all")).isNull();

        assertThat(kernel.lockedInOneCall).isZero();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isTrue();
    }

    /** As where the application has used up its descriptors while the attach reads back. */
    @Test
    void anAttachGoesOnWhereTheMappingsCannotBeReadForAMoment() throws Exception {
        process.whileSwappingIn = () -> {
            process.mapsFailure = new IOException("EMFILE");
            process.passedNanos += TimeUnit.SECONDS.toNanos(2);
        };
        process.whilePrefaulting = () -> process.mapsFailure = null;

        assertThat(lock.change("mode=heap,strategy=rescan,prefault=heap")).isNull();

        assertThat(process.asked).contains("gently [HEAP] 1");
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** Each try locks all there is for a moment. */
    @Test
    void anEndOfFutureThatWasRefusedIsTriedInOnePassOfFive() throws Exception {
        lock.start("mode=all");
        lock.reconcile();
        kernel.filter.put("mlockall", Errno.EPERM);
        kernel.filter.put("munlockall", Errno.EPERM);
        lock.change("mode=heap,strategy=rescan");
        assertThat(kernel.isFuture()).isTrue();
        kernel.lockAllCalls = 0;

        for (int pass = 0; pass < 10; pass++) {
            assertThat(lock.reconcile()).isNotNull();
        }

        assertThat(kernel.lockAllCalls).isEqualTo(2);
    }
}
