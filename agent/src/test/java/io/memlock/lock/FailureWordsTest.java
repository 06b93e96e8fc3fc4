// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.LockLimit;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.os.ErrnoException;
import io.memlock.os.Linux;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator reads when the promise is not kept: who is to blame, how much is unlocked, and what helps. */
class FailureWordsTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long FILE = 0x4000_0000L;
    private static final long NATIVE = 0x5000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final AnsweringLock lock = new AnsweringLock(process.newLock());

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.reserve(Region.HEAP, HEAP + 4 * MIB, 60 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.commit(Region.NATIVE, NATIVE, MIB);
    }

    private void limit(long bytes) {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = bytes;
    }

    @Test
    void aRefusedFutureTellsThatNothingIsLockedOrThatAllStaysAsItWas() throws Exception {
        limit(1 << 30);
        LockFailure atStart = lock.start("mode=heap,strategy=future");
        assertThat(atStart.cause())
                .startsWith("not done; nothing is locked: once the limit is reached, the JVM would end");
        assertThat(atStart.effect()).startsWith("this JVM runs unlocked");

        lock.start("mode=heap");
        LockFailure later = lock.change("mode=heap+code,strategy=future");
        assertThat(later.cause()).startsWith("not done; what was asked for before goes on: once the limit");
        assertThat(later.effect()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'mode=heap,strategy=future', '# or strategy=auto: it locks what fits, in the order named'",
        "'mode=all,strategy=future', '# or strategy=auto with the regions that matter most (mode=heap+code)'"
    })
    void aRefusedFutureTellsWhatWouldBeLockedInstead(String options, String line) throws Exception {
        limit(1 << 30);

        assertThat(lock.start(options).advice().lasting()).contains(line);
    }

    /** With what the application has locked itself, and its reserve. */
    @Test
    void theLimitThatIsRecommendedHoldsWhatIsSelectedWhenItHasGrown() throws Exception {
        limit(MIB);
        kernel.mlock(NATIVE, MIB / 2);

        long recommended = recommended(lock.start("mode=heap"));

        assertThat(recommended)
                .isBetween(LockLimit.toLock(64 * MIB + MIB / 2), LockLimit.toLock(64 * MIB + MIB / 2) + MIB);
        limit(recommended);
        kernel.commit(Region.HEAP, HEAP, 64 * MIB);
        assertThat(lock.reconcile()).isNull();
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    /** What of the selection is locked already counts once. */
    @Test
    void theLimitThatIsRecommendedCountsNothingTwice() throws Exception {
        limit(8 * MIB);
        lock.start("mode=heap+code");
        kernel.commit(Region.HEAP, HEAP + 4 * MIB, 8 * MIB);

        long recommended = recommended(lock.reconcile());

        assertThat(recommended).isLessThanOrEqualTo(LockLimit.toLock(66 * MIB) + MIB);
    }

    private static long recommended(LockFailure failure) {
        Matcher number =
                Pattern.compile("instead of infinity: LimitMEMLOCK=(\\d+)").matcher(failure.remedy());
        assertThat(number.find()).as(failure.remedy()).isTrue();
        return Long.parseLong(number.group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=heap+native"})
    void noLimitIsRecommendedWhereNoneHolds(String options) throws Exception {
        limit(MIB);

        assertThat(lock.start(options).remedy())
                .contains("LimitMEMLOCK=infinity")
                .doesNotContain("instead of");
    }

    @ParameterizedTest
    @CsvSource({
        "mode=heap, ''",
        "mode=heap+code, '# or name fewer regions, the most important first'",
        "mode=all, '# or name the regions that matter most'"
    })
    void whatCouldBeLeftOutIsSaidToThoseWhoHaveNotLeftItOut(String options, String line) throws Exception {
        limit(MIB);
        String lasting = lock.start(options).advice().lasting();

        if (line.isEmpty()) {
            assertThat(lasting).doesNotContain("# or name");
        } else {
            assertThat(lasting).contains(line);
        }
    }

    @Test
    void tellsWhetherAllOfItIsUnlockedOrAPart() throws Exception {
        limit(MIB);
        assertThat(lock.start("mode=heap+code").effect()).startsWith("this JVM runs unlocked");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);

        limit(5 * MIB);
        assertThat(lock.start("mode=heap+code").effect()).startsWith("part of this JVM can be swapped out");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
    }

    @Test
    void aFilterIsNamedOnlyWhereThereIsOne() throws Exception {
        kernel.filter.put("mlockall", Errno.EPERM);
        assertThat(lock.start("strategy=future").answer()).doesNotContain("seccomp");

        process.isFiltered = true;
        LockFailure failure = lock.start("strategy=future");

        assertThat(failure.tried()).isEqualTo("mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT)");
        assertThat(failure.answer()).startsWith("EPERM").endsWith("; a seccomp filter is in force");
        assertThat(failure.cause()).isEqualTo("the seccomp filter refuses the call, whatever the limit is");
        assertThat(failure.effect()).startsWith("this JVM runs unlocked");
        assertThat(failure.remedy()).contains("SystemCallFilter=");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void aCallThatWasAnsweredAndNotDoneIsNoLock() throws Exception {
        kernel.filter.put("mlockall", 0);

        LockFailure failure = lock.start("strategy=future");

        assertThat(failure.answer()).startsWith("0, but a new mapping is not locked");
        assertThat(failure.effect()).startsWith("this JVM runs unlocked");
        assertThat(failure.remedy()).contains("SystemCallFilter=");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
    }

    @Test
    void aLockThatNothingCanVerifyIsNotCalledLocked() throws Exception {
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        kernel.filter.put("mlockall", 0);
        kernel.filter.put("msync", Errno.EPERM);
        kernel.filter.put("madvise", Errno.EACCES);

        LockFailure failure = lock.start("strategy=future");

        assertThat(failure.answer()).contains("cannot read back", "EACCES", "from msync and madvise");
        assertThat(failure.effect()).contains("nothing can verify it");
        assertThat(failure.remedy()).contains("SystemCallFilter=");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
    }

    /** What no limit and nobody's filter explains was a change at the wrong moment. */
    @Test
    void theLimitIsNotBlamedWhereItIsNotReached() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        kernel.commit(Region.HEAP, HEAP, 8 * MIB);
        kernel.filter.put("mlock2", Errno.ENOMEM);

        LockFailure failure = lock.reconcile();

        assertThat(failure.tried()).isEqualTo("mlock2(MLOCK_ONFAULT); not locked: heap 8.0 MiB");
        assertThat(failure.answer()).startsWith("ENOMEM").contains("needed now: 8.0 MiB");
        assertThat(failure.cause()).contains("a mapping changed while it was being locked");
        assertThat(failure.remedy()).isEqualTo("# nothing to do yet: the agent tries again once an interval");
    }

    @Test
    void theLimitIsBlamedWhereTheApplicationHasUsedItUpMeanwhile() throws Exception {
        limit(8 * MIB);
        kernel.commit(Region.OTHER, FILE, 3 * MIB);
        kernel.afterLock.put(HEAP, () -> assertThat(kernel.mlock(FILE, 3 * MIB)).isZero());

        LockFailure failure = lock.start("mode=heap+code");

        assertThat(failure.cause()).isEqualTo("the limit on locked memory is used up; there may be enough memory");
        assertThat(failure.remedy()).contains("LimitMEMLOCK=infinity");
        assertThat(failure.effect()).startsWith("part of this JVM");
    }

    @Test
    void theNumberOfMappingsIsBlamedWhereItIsUsedUp() throws Exception {
        kernel.maxMapCount = 5;
        AnsweringLock crowded = new AnsweringLock(new FakeProcess(kernel).newLock());
        kernel.filter.put("mlock2", Errno.ENOMEM);

        LockFailure failure = crowded.start("mode=heap,strategy=rescan");

        assertThat(failure.answer()).contains("the process has 4 mappings, and the agent splits mappings only up to 4");
        assertThat(failure.remedy()).contains("vm.max_map_count = 262144");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EAGAIN | could not lock some of the pages just now | # nothing to do yet",
                "ENOSYS | Linux 4.4 is needed                       | # use Linux 4.4 or newer",
                "EINVAL | Linux 4.4 is needed                       | # use Linux 4.4 or newer",
                "0      | something other than the kernel answers   | SystemCallFilter=",
                "EFAULT | ''                                        | # nothing to do yet"
            })
    void eachAnswerHasItsMeaningAndItsRemedy(String answer, String cause, String remedy) throws Exception {
        kernel.filter.put(
                "mlock2",
                switch (answer) {
                    case "EAGAIN" -> Errno.EAGAIN;
                    case "ENOSYS" -> Errno.ENOSYS;
                    case "EINVAL" -> Errno.EINVAL;
                    case "EFAULT" -> Errno.EFAULT;
                    default -> 0;
                });

        LockFailure failure = lock.start("mode=heap,strategy=rescan");

        assertThat(failure.cause()).contains(cause);
        assertThat(failure.cause().isEmpty()).isEqualTo(cause.isEmpty());
        assertThat(failure.remedy()).contains(remedy);
    }

    @Test
    void whatStaysLockedIsToldWithWhoKeepsItSo() throws Exception {
        lock.start("mode=heap,strategy=future");
        kernel.filter.put("munlock", Errno.EPERM);

        LockFailure failure = lock.reconcile();
        assertThat(failure.answer()).startsWith("EPERM");
        assertThat(failure.cause()).isEmpty();
        assertThat(failure.effect()).contains("67.0 MiB are charged in all");
        assertThat(failure.remedy()).isEqualTo("# nothing to do yet: the agent tries again once an interval");

        process.isFiltered = true;
        LockFailure filtered = lock.reconcile();
        assertThat(filtered.answer()).endsWith("a seccomp filter is in force");
        assertThat(filtered.cause()).contains("the seccomp filter refuses the call");
        assertThat(filtered.remedy()).contains("SystemCallFilter=");
    }

    @ParameterizedTest
    @CsvSource({"38, hides the call", "22, hides the call", "0, something other than the kernel answers"})
    void howAFilterKeepsMemoryLockedIsTold(int answer, String cause) throws Exception {
        process.isFiltered = true;
        lock.start("mode=heap,strategy=future");
        kernel.filter.put("munlock", answer);

        assertThat(lock.reconcile().cause()).contains(cause);
    }

    /** As the heap of a JVM that gives memory back all the time. */
    @Test
    void anUnlockThatFindsSomethingElseEachTimeIsToldAndTriedAgain() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        shrinkAtEachLook(HEAP);

        LockFailure failure = lock.unlock();

        assertThat(failure.tried()).isEqualTo("munlock on all that is locked");
        assertThat(failure.answer()).isEqualTo("the mappings changed each time the agent looked at them");
        assertThat(failure.effect()).contains("are still charged");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.last().hasFailedCalls()).as("no call was refused").isFalse();

        kernel.afterRefresh = () -> {};
        assertThat(lock.reconcile()).isNull();
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
    }

    private void shrinkAtEachLook(long from) {
        kernel.afterRefresh = () -> {
            kernel.unmap(from, FakeKernel.PAGE);
            shrinkAtEachLook(from + FakeKernel.PAGE);
        };
    }

    @Test
    void zgcUnderRescanIsToldWhatWouldHoldItsHeap() throws Exception {
        kernel.unmap(HEAP, 64 * MIB);
        kernel.mapHeapFile(HEAP, 4 * MIB, 0);
        kernel.showsDescriptors = false;

        LockFailure failure = lock.start("mode=heap,strategy=rescan");
        assertThat(failure.answer())
                .isEqualTo("not asked: locking is not limited, but strategy=rescan does not use MCL_FUTURE");
        assertThat(failure.remedy()).isEqualTo("# strategy=future instead: new mappings are born locked");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);

        limit(64 * MIB);
        LockFailure limited = lock.start("mode=heap");
        assertThat(limited.answer())
                .startsWith("locking is limited")
                .contains("needed now: " + Bytes.text(LockLimit.toLock(4 * MIB)));
        assertThat(limited.remedy()).contains("LimitMEMLOCK=infinity", "# or another collector: -XX:+UseG1GC");
    }

    @Test
    void aLimitThatShrankIsToldApartFromACapabilityThatWent() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        assertThat(lock.start("strategy=future")).isNull();
        lock.reconcile();
        kernel.softLimit = kernel.hardLimit = 64 * MIB;

        lock.reconcile();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.last().notices())
                .singleElement()
                .asString()
                .startsWith("the limit on locked memory was lowered")
                .contains("RLIMIT_MEMLOCK soft 64.0 MiB", "MCL_FUTURE is off now", "LimitMEMLOCK=infinity")
                .doesNotContain("needed now");
    }

    @Test
    void isFailedWhenMappingsCannotBeReadAtStart() throws Exception {
        process.mapsFailure = new IOException("/proc/self/maps: permission denied");

        LockFailure failure = lock.start("mode=heap,strategy=rescan");

        assertThat(failure.tried()).isEqualTo("to read the mappings of this process");
        assertThat(failure.answer()).startsWith("/proc/self/maps: permission denied; RLIMIT_MEMLOCK soft");
        assertThat(failure.remedy())
                .isEqualTo("# let this JVM read /proc/self/maps: the answer above says what prevents it");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
    }

    /** In a container the process does not know its id outside: 0 is nobody's. */
    @Test
    void whoTypesIsGivenNoProcessZero() throws Exception {
        process.pid = 0;
        process.mapsFailure = ErrnoException.on("/proc/self/maps", Errno.EMFILE);

        assertThat(lock.start("mode=heap,strategy=rescan").remedy())
                .contains("ls /proc/PID/fd | wc -l")
                .doesNotContain("/proc/0");
    }

    @Test
    void mappingsThatCannotBeReadUnderFutureAreLockedAsFarAsIsKnown() throws Exception {
        lock.start("mode=all");
        process.mapsFailure = new IOException("/proc/self/maps: permission denied");

        assertThatThrownBy(lock::reconcile).isInstanceOf(IOException.class);

        assertThat(lock.status().state()).as("nobody has looked yet").isEqualTo(LockState.UNKNOWN);
        assertThat(kernel.isFuture()).isTrue();
    }

    @Test
    void filesBornLockedMustNotFillTheRoomAndTheOperatorIsToldWhatWouldDo() throws Exception {
        process.freeBytes = MIB;
        lock.start("mode=all");

        assertThat(lock.last().notices())
                .singleElement()
                .asString()
                .contains("only 1.0 MiB of memory will be left for files", "leave 2.0 GiB");
    }

    /** The limit that the capability overrules explains nothing. */
    @Test
    void aLimitThatDoesNotApplyIsNotBlamedThoughMoreIsNeeded() throws Exception {
        lock.start("mode=heap,strategy=rescan");
        kernel.commit(Region.HEAP, HEAP, 16 * MIB);
        kernel.filter.put("mlock2", Errno.ENOMEM);

        LockFailure failure = lock.reconcile();

        assertThat(failure.answer()).contains("needed now: 16.0 MiB");
        assertThat(failure.cause()).contains("a mapping changed while it was being locked");
    }
}
