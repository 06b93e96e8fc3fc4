// SPDX-License-Identifier: Apache-2.0
package io.memlock.ranges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.HeldPages.Manner;
import io.memlock.calls.HeldPages.Range;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges that an application asks for, beside what the agent locks. */
class RangeLockerTest {

    private static final long MIB = 1 << 20;
    private static final long PAGE = FakeKernel.PAGE;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long NATIVE = 0x5000_0000L;
    private static final Manner ON_FAULT = new Manner(false, false);
    private static final Manner POPULATED = new Manner(true, false);

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    private final LockProbe probe = new LockProbe(kernel, FakeKernel.PAGE);

    @TempDir
    private Path proc;

    private RangeLocker ranges;

    @BeforeEach
    void startJvm() throws IOException {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.commit(Region.NATIVE, NATIVE, 64 * MIB);
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/maps"), "50000000-54000000 rw-p 00000000 00:00 0 \n");
        process.held().askWhetherWanted(lock::wants);
        ranges = withHugePagesOf(2 * MIB);
    }

    private RangeLocker withHugePagesOf(long bytes) {
        return new RangeLocker(
                process,
                kernel,
                probe,
                new LimitProbe(kernel, kernel.proc(), probe, FakeKernel.PAGE),
                new ProcFs(proc.toFile(), proc.toFile()),
                nanos -> {},
                FakeKernel.PAGE,
                bytes);
    }

    private void start(String options) throws Exception {
        assertThat(lock.start(OptionParser.parse(options)).failure()).isNull();
    }

    private Range hold(Manner manner) {
        Range pages = ranges.pagesOf(NATIVE + 10 * PAGE + 100, 2 * PAGE);
        assertThat(ranges.lock(pages, manner)).isNull();
        return pages;
    }

    private boolean isLocked(Range pages) {
        return kernel.isLocked(pages.start()) && kernel.isLocked(pages.end() - PAGE);
    }

    private boolean isAnyLocked(Range pages) {
        return kernel.isLocked(pages.start()) || kernel.isLocked(pages.end() - PAGE);
    }

    @Test
    void locksWholePagesAndNoMore() throws Exception {
        start("mode=none");

        Range pages = hold(POPULATED);

        assertThat(pages).isEqualTo(new Range(NATIVE + 10 * PAGE, NATIVE + 13 * PAGE));
        assertThat(kernel.chargedBytes()).isEqualTo(3 * PAGE);
        ranges.unlock(pages, POPULATED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void splitsNoMoreMappingsThanTheJvmCanSpare() throws Exception {
        start("mode=none");
        Files.createDirectories(proc.resolve("sys/vm"));
        Files.writeString(proc.resolve("sys/vm/max_map_count"), "10\n");
        StringBuilder maps = new StringBuilder("50000000-54000000 rw-p 00000000 00:00 0 \n");
        for (int i = 0; i < 6; i++) {
            maps.append("6%d000000-6%d001000 rw-p 00000000 00:00 0 \n".formatted(i, i));
        }
        Files.writeString(proc.resolve("self/maps"), maps);
        Range part = ranges.pagesOf(NATIVE + 10 * PAGE, PAGE);

        assertThat(ranges.lock(part, POPULATED).text("NOT LOCKED")).contains("7 mappings", "80 % of vm.max_map_count");
        assertThat(isAnyLocked(part)).isFalse();
        assertThat(ranges.lock(new Range(NATIVE, NATIVE + 64 * MIB), ON_FAULT))
                .as("splits none")
                .isNull();

        Files.writeString(proc.resolve("sys/vm/max_map_count"), "12\n");
        assertThat(ranges.lock(part, POPULATED)).isNull();
    }

    @Test
    void aFailureLeavesTheSoftLimitWhereItIs() throws Exception {
        kernel.privileged = false;
        start("mode=none");
        kernel.softLimit = 2 * MIB;

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + 4 * MIB), ON_FAULT);

        assertThat(failure.answer()).contains("ENOMEM", "soft 2.0 MiB, hard 8.0 MiB", "asked for: 4.0 MiB");
        assertThat(kernel.softLimit).isEqualTo(2 * MIB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLimitIsNamedAndNothingIsHalfDone(boolean isPopulated) throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 12 * MIB;
        start("mode=none");
        Range held = hold(ON_FAULT);

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + 32 * MIB), new Manner(isPopulated, false));

        assertThat(failure.answer()).contains("ENOMEM", "soft 12.0 MiB", "asked for: 32.0 MiB");
        assertThat(failure.remedy()).contains("LimitMEMLOCK=infinity");
        assertThat(kernel.chargedBytes()).isEqualTo(3 * PAGE);
        assertThat(isLocked(held)).isTrue();
    }

    @Test
    void aHoleIsNamedAndNothingIsHalfDone() throws Exception {
        start("mode=none");

        LockFailure failure = ranges.lock(new Range(NATIVE + 60 * MIB, NATIVE + 68 * MIB), ON_FAULT);

        assertThat(failure.answer()).contains("nothing is mapped at 0000000054000000");
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** The parts around it are locked already, and the call says ENOMEM, as it once did for memory that is only reserved. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHoleInWhatIsLockedAnywayIsNamed(boolean isPopulated) throws Exception {
        start("mode=all");
        kernel.unmap(NATIVE + 2 * MIB, PAGE);
        writeMaps("50000000-50200000 rw-p", "50201000-54000000 rw-p");

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + 4 * MIB), new Manner(isPopulated, false));

        assertThat(failure.answer()).contains("nothing is mapped at 0000000050200000");
    }

    @Test
    void aLimitIsNamedThoughTheFirstAndLastPageAreHeld() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 7 * MIB;
        start("mode=none");
        assertThat(ranges.lock(new Range(NATIVE, NATIVE + PAGE), ON_FAULT)).isNull();
        assertThat(ranges.lock(new Range(NATIVE + 8 * MIB - PAGE, NATIVE + 8 * MIB), ON_FAULT))
                .isNull();
        writeMaps(
                "50000000-50001000 rw-p", "50001000-507ff000 rw-p", "507ff000-50800000 rw-p", "50800000-54000000 rw-p");

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + 8 * MIB), ON_FAULT);

        assertThat(failure.answer()).contains("ENOMEM", "soft 7.0 MiB");
        assertThat(kernel.chargedBytes()).isEqualTo(2 * PAGE);
    }

    /** As of a mapped file that was cut short since. */
    @Test
    void aLimitIsNotNamedWhereAllIsChargedAlready() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 7 * MIB;
        start("mode=none");
        kernel.reserve(Region.MAPPED, NATIVE + MIB, 4 * MIB);
        writeMaps("50000000-50100000 rw-p", "50100000-50500000 ---p", "50500000-54000000 rw-p");
        Range pages = new Range(NATIVE + MIB, NATIVE + 5 * MIB);
        assertThat(ranges.lock(pages, ON_FAULT)).isNull();

        LockFailure failure = ranges.lock(pages, POPULATED);

        assertThat(failure.cause()).contains("behind the end of a file");
        assertThat(kernel.chargedBytes()).isEqualTo(4 * MIB);
    }

    /** Before Linux 5.18 the kernel says ENOMEM after it has locked that. */
    @Test
    void whatIsOnlyReservedIsLockedOnFault() throws Exception {
        kernel.failsOnProtNone = true;
        start("mode=none");
        kernel.reserve(Region.NATIVE, NATIVE + 2 * MIB, 30 * MIB);
        writeMaps("50000000-50200000 rw-p", "50200000-52000000 ---p", "52000000-54000000 rw-p");

        assertThat(ranges.lock(new Range(NATIVE, NATIVE + 64 * MIB), ON_FAULT)).isNull();

        assertThat(kernel.chargedBytes()).isEqualTo(64 * MIB);
    }

    private void writeMaps(String... mappings) throws IOException {
        Files.writeString(
                proc.resolve("self/maps"), String.join(" 00000000 00:00 0 \n", mappings) + " 00000000 00:00 0 \n");
    }

    /** As with pages of 4 KiB, and of 16 KiB. */
    @ParameterizedTest
    @CsvSource({"2, 8", "32, 32"})
    void noHugePageIsSplitBetweenTwoCalls(long hugePage, long longest) throws Exception {
        start("mode=none");

        assertThat(withHugePagesOf(hugePage * MIB).lock(new Range(NATIVE + PAGE, NATIVE + 64 * MIB), POPULATED))
                .isNull();

        assertThat(kernel.longestWalk).isEqualTo(longest * MIB);
    }

    @ParameterizedTest
    @CsvSource({"2, 8", "32, 32"})
    void isUnlockedInPiecesToo(long hugePage, long longest) throws Exception {
        start("mode=none");
        RangeLocker locker = withHugePagesOf(hugePage * MIB);
        Range pages = new Range(NATIVE + PAGE, NATIVE + 64 * MIB);
        assertThat(locker.lock(pages, POPULATED)).isNull();
        kernel.longestWalk = 0;

        locker.unlock(pages, POPULATED);

        assertThat(kernel.longestWalk).isEqualTo(longest * MIB);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatMayNotBeSplitIsUnlockedAsAWhole() throws Exception {
        start("mode=none");
        Range pages = new Range(NATIVE, NATIVE + 64 * MIB);
        assertThat(ranges.lock(pages, POPULATED)).isNull();
        kernel.maxMapCount = kernel.mappingCount();

        ranges.unlock(pages, POPULATED);

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aCallThatDoesNothingIsNoLock() throws Exception {
        start("mode=none");
        kernel.filter.put("mlock", 0);

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + PAGE), POPULATED);

        assertThat(failure.answer()).contains("nothing was done");
    }

    @Test
    void whatNobodyTellsIsNotShownAsNothing() throws Exception {
        start("mode=none");
        Range pages = hold(POPULATED);
        Files.createFile(proc.resolve("self/pagemap"));
        kernel.filter.put("msync", Errno.ENOSYS);
        kernel.filter.put("madvise", Errno.ENOSYS);

        assertThatThrownBy(() -> ranges.lockedBytes(pages))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tells whether memory is locked");
    }

    /** The call succeeds, and the kernel has done nothing. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeviceIsNeverLocked(boolean isPopulated) throws Exception {
        kernel.mapSpecial(NATIVE, PAGE);
        start("mode=none");

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + PAGE), new Manner(isPopulated, false));

        assertThat(failure.cause()).contains("the kernel locks no memory of this kind");
    }

    @Test
    void whatCannotBeLeftOutOfCoreDumpsIsNotLocked() throws Exception {
        start("mode=none");
        kernel.filter.put("madvise", Errno.EINVAL);

        LockFailure failure = ranges.lock(new Range(NATIVE, NATIVE + PAGE), new Manner(true, true));

        assertThat(failure.tried()).contains("MADV_DONTDUMP");
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** The application may have taken it out of them itself. */
    @Test
    void whatIsNotLockedIsNotPutIntoCoreDumps() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 2 * MIB;
        start("mode=none");
        kernel.deadly.add("madvise");

        assertThat(ranges.lock(new Range(NATIVE, NATIVE + 4 * MIB), new Manner(true, true)))
                .isNotNull();

        assertThat(kernel.died).as("calls").isEmpty();
    }

    @Test
    void coreDumpsHoldPagesAgainWhenTheLastHandleIsClosedThatHidesThem() throws Exception {
        start("mode=none");
        Range pages = new Range(NATIVE, NATIVE + 4 * PAGE);
        Range part = new Range(NATIVE + PAGE, NATIVE + 2 * PAGE);
        Manner hidden = new Manner(true, true);
        assertThat(ranges.lock(pages, hidden)).isNull();
        assertThat(ranges.lock(part, hidden)).isNull();
        kernel.deadly.add("madvise");

        ranges.unlock(part, hidden);

        assertThat(kernel.died).as("calls").isEmpty();
        ranges.unlock(pages, hidden);
        assertThat(kernel.died).containsExactly("madvise");
    }

    @Test
    void anErrorBehindTheLockLeavesNothingLocked() throws Exception {
        start("mode=none");
        kernel.onMadvise = () -> {
            kernel.onMadvise = () -> {};
            throw new OutOfMemoryError("thrown by the test");
        };

        assertThatThrownBy(() -> ranges.lock(new Range(NATIVE, NATIVE + PAGE), new Manner(true, true)))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(process.held().isNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=all,strategy=rescan", "mode=heap,strategy=future", "exclude=nothing"})
    void whatIsHeldOnFaultStaysLockedWhenTheAgentUnlocks(String options) throws Exception {
        start(options);
        lock.reconcile();
        Range held = hold(ON_FAULT);
        lock.reconcile();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(isLocked(held)).isTrue();
        assertThat(kernel.chargedBytes()).isEqualTo(3 * PAGE);
        ranges.unlock(held, ON_FAULT);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=all,strategy=rescan"})
    void whatIsClosedWhileItIsSelectedStaysLockedUntilTheAgentUnlocks(String options) throws Exception {
        start(options);
        Range pages = hold(POPULATED);
        ranges.unlock(pages, POPULATED);
        assertThat(isLocked(pages)).isTrue();
        lock.reconcile();
        assertThat(isLocked(pages)).isTrue();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.chargedBytes()).isZero();
    }

    /** Whatever the agent had not found before, too. */
    @Test
    void whatIsLockedBeforeTheKeeperFindsItBecomesTheAgentsOwn() throws Exception {
        start("mode=all,strategy=rescan");
        kernel.commit(Region.NATIVE, NATIVE + 64 * MIB, MIB);
        Range pages = new Range(NATIVE + 64 * MIB, NATIVE + 64 * MIB + 2 * PAGE);
        assertThat(ranges.lock(pages, POPULATED)).isNull();
        ranges.unlock(pages, POPULATED);
        assertThat(isLocked(pages)).isTrue();

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatTheApplicationsOwnFutureHasLockedStaysLocked() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=heap,strategy=future"));
        kernel.commit(Region.NATIVE, NATIVE + 64 * MIB, MIB);
        Range pages = new Range(NATIVE + 64 * MIB, NATIVE + 64 * MIB + 2 * PAGE);
        assertThat(ranges.lock(pages, POPULATED)).isNull();
        ranges.unlock(pages, POPULATED);

        assertThat(isLocked(pages)).isTrue();
    }

    /** {@code mode=all} leaves files out. */
    @Test
    void aFileThatTheApplicationHasLockedItselfStaysLocked() throws Exception {
        kernel.mapFile(NATIVE + 64 * MIB, MIB, "/data/a");
        Range pages = new Range(NATIVE + 64 * MIB, NATIVE + 65 * MIB);
        start("mode=all,strategy=rescan");
        kernel.mlock(pages.start(), pages.length());
        assertThat(ranges.lock(pages, ON_FAULT)).isNull();
        ranges.unlock(pages, ON_FAULT);

        lock.reconcile();

        assertThat(isLocked(pages)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=all,strategy=rescan"})
    void aFileThatNobodyElseHasLockedIsUnlocked(String options) throws Exception {
        kernel.mapFile(NATIVE + 64 * MIB, MIB, "/data/a");
        Range pages = new Range(NATIVE + 64 * MIB, NATIVE + 65 * MIB);
        start(options);
        lock.reconcile();
        assertThat(ranges.lock(pages, POPULATED)).isNull();

        ranges.unlock(pages, POPULATED);

        assertThat(isAnyLocked(pages)).isFalse();
    }

    /** What is populated looks as if the application had locked it. */
    @Test
    void whatIsClosedWhileTheAgentUnlocksIsUnlocked() throws Exception {
        start("mode=all");
        lock.reconcile();
        Range pages = hold(POPULATED);
        kernel.afterLockedLook = () -> ranges.unlock(pages, POPULATED);

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatIsOpenWhenFutureEndsIsUnlockedLater() throws Exception {
        start("mode=all");
        kernel.commit(Region.SHM, NATIVE + 128 * MIB, MIB);
        Range pages = new Range(NATIVE + 128 * MIB, NATIVE + 129 * MIB);
        lock.reconcile();
        assertThat(ranges.lock(pages, POPULATED)).isNull();
        lock.change(OptionParser.parse("mode=all,strategy=rescan"));
        ranges.unlock(pages, POPULATED);
        lock.reconcile();
        assertThat(isLocked(pages)).isTrue();

        assertThat(lock.unlock().failure()).isNull();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatTheApplicationHadLockedItselfIsLockedAgainThoughItsHandleIsClosedMeanwhile() throws Exception {
        start("mode=heap,strategy=rescan");
        Range pages = new Range(NATIVE + PAGE, NATIVE + 3 * PAGE);
        kernel.mlock(pages.start(), pages.length());
        assertThat(ranges.lock(pages, POPULATED)).isNull();
        lock.change(OptionParser.parse("mode=heap,strategy=future"));
        kernel.afterLockedLook = () -> ranges.unlock(pages, POPULATED);

        lock.unlock();

        assertThat(kernel.chargedBytes()).isEqualTo(2 * PAGE);
        assertThat(kernel.isLockedOnFault(pages.start())).isFalse();
    }

    @Test
    void anotherSelectionLeavesWhatIsHeld() throws Exception {
        start("mode=all");
        Range held = hold(ON_FAULT);

        assertThat(lock.change(OptionParser.parse("mode=heap")).failure()).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.chargedBytes()).isEqualTo(4 * MIB + 3 * PAGE);
        ranges.unlock(held, ON_FAULT);
        assertThat(kernel.chargedBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void underALimitWhatDoesNotFitIsUnlockedAgain() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 8 * MIB;
        assertThat(lock.start(OptionParser.parse("mode=all")).failure()).isNotNull();
        Range pages = hold(ON_FAULT);

        ranges.unlock(pages, ON_FAULT);

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void whatIsHeldIsLockedAgainWhenALimitEndsFuture() throws Exception {
        start("mode=all");
        lock.reconcile();
        Range held = hold(ON_FAULT);
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 16 * PAGE;

        lock.reconcile();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(isLocked(held)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsHeldIsLockedAgainWhenTheLimitIsRaisedAgain(boolean isPopulated) throws Exception {
        start("mode=heap,strategy=future");
        lock.reconcile();
        Range held = hold(new Manner(isPopulated, false));
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = PAGE;
        lock.reconcile();
        assertThat(isAnyLocked(held)).isFalse();

        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        lock.reconcile();

        assertThat(isLocked(held)).isTrue();
        ranges.unlock(held, new Manner(isPopulated, false));
        assertThat(isAnyLocked(held)).isFalse();
    }

    /** As when a file is mapped and locked while the keeper unlocks files that were born locked. */
    @Test
    void whatIsLockedBetweenALookAndTheUnlockingStaysLocked() throws Exception {
        start("mode=heap,strategy=future");
        Range pages = new Range(NATIVE, NATIVE + PAGE);
        kernel.afterLockedLook = () -> assertThat(ranges.lock(pages, ON_FAULT)).isNull();

        lock.reconcile();

        assertThat(isLocked(pages)).isTrue();
        assertThat(kernel.chargedBytes()).isEqualTo(4 * MIB + PAGE);
    }

    @Test
    void theKeeperIsDoneWithWhatIsHeld() throws Exception {
        start("mode=heap,strategy=future");
        lock.reconcile();
        hold(ON_FAULT);
        lock.reconcile();
        int looks = kernel.looks;

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(kernel.looks - looks).isLessThanOrEqualTo(2);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void memoryThatWasUnmappedUnderAHandleIsPassedOver() throws Exception {
        start("mode=none");
        Range pages = hold(ON_FAULT);
        kernel.unmap(pages.start(), PAGE);

        ranges.unlock(pages, ON_FAULT);

        assertThat(isAnyLocked(pages)).isFalse();
        assertThat(kernel.chargedBytes()).isZero();
    }
}
