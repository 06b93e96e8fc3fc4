// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each call refused for good, or answered without being done, as by a seccomp filter: the state is true in each. */
class FilteredCallsTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final int LATEST_PASS = 10;
    private static final long FILE = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    private record Case(String options, String call, int answer, long limitBytes) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String options : List.of("", "mode=heap", "strategy=rescan", "mode=heap,strategy=rescan")) {
            for (String call : List.of(
                    "mlock",
                    "mlock2",
                    "munlock",
                    "mlockall",
                    "munlockall",
                    "msync",
                    "madvise",
                    "getrlimit",
                    "setrlimit",
                    "capget")) {
                for (int answer : new int[] {Errno.EPERM, Errno.ENOSYS, 0}) {
                    for (long limit : new long[] {-1, 64 * MIB}) {
                        cases.add(new Case(options, call, answer, limit));
                    }
                }
            }
        }
        return cases;
    }

    private void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.reserve(Region.HEAP, HEAP + 8 * MIB, 4 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.mapFile(FILE, MIB, "/data/index");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theStateIsTrue(Case test) throws Exception {
        kernel.privileged = test.limitBytes < 0;
        kernel.softLimit = kernel.hardLimit = test.limitBytes < 0 ? 8 * MIB : test.limitBytes;
        kernel.filter.put(test.call, test.answer);
        startJvm();

        lock.start(OptionParser.parse(test.options));
        assertTrue(test);
        assertThat(kernel.commit(Region.HEAP, HEAP, 8 * MIB)).isTrue();
        lock.reconcile();
        assertTrue(test);
        lock.reconcile();
        assertTrue(test);
    }

    private void assertTrue(Case test) {
        boolean isHeapLocked = kernel.isLocked(HEAP);
        if (lock.status().state() == LockState.LOCKED) {
            assertThat(isHeapLocked).as("LOCKED, %s", test).isTrue();
        } else {
            assertThat(lock.status().lastFailure()).as("%s", test).isNotNull();
            assertThat(lock.status().lastFailure().answer())
                    .as("%s", test)
                    .doesNotContain(test.answer == Errno.EPERM ? "ENOSYS" : "EPERM")
                    .doesNotContain("EINVAL");
            if (test.call.equals("mlock2") && test.answer == 0 && !kernel.isFuture()) {
                assertThat(lock.status().lastFailure().answer()).contains("nothing was done");
            }
        }
        if (kernel.isFuture()) {
            assertThat(kernel.privileged).as("MCL_FUTURE, %s", test).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatCanBeLockedIsLocked(Case test) throws Exception {
        kernel.privileged = test.limitBytes < 0;
        kernel.softLimit = kernel.hardLimit = test.limitBytes < 0 ? 8 * MIB : test.limitBytes;
        kernel.filter.put(test.call, test.answer);
        startJvm();

        lock.start(OptionParser.parse(test.options));
        lock.reconcile();

        boolean isRescan = test.options.contains("rescan") || test.options.equals("mode=heap");
        boolean isNeeded = test.call.equals("mlock2") && (test.limitBytes > 0 || isRescan);
        if (!isNeeded && !test.call.equals("getrlimit")) {
            assertThat(kernel.isLocked(HEAP)).as("%s", test).isTrue();
        }
    }

    @Test
    void theKernelsOwnErrnoIsTold() throws Exception {
        startJvm();
        kernel.filter.put("msync", Errno.EPERM);
        kernel.filter.put("madvise", Errno.EPERM);

        assertThat(lock.start(OptionParser.parse("")).failure())
                .as("VmLck shows it")
                .isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, Errno.EINVAL, Errno.NOT_DONE})
    void theFilterIsBlamedAndNotTheKernel(int answer) throws Exception {
        process.isFiltered = true;
        startJvm();
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        kernel.filter.put("mlock2", answer);
        assertThat(kernel.commit(Region.HEAP, HEAP, 8 * MIB)).isTrue();

        assertThat(lock.reconcile().failure().meaning())
                .contains("seccomp filter")
                .doesNotContain("Linux");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, 0})
    void whatCannotBeUnlockedIsToldForAsLongAsItLasts(int answer) throws Exception {
        startJvm();
        kernel.filter.put("munlock", answer);
        lock.start(OptionParser.parse("mode=heap,strategy=future"));

        for (int i = 0; i < 3; i++) {
            LockFailure failure = lock.reconcile().failure();

            assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
            assertThat(failure.tried()).contains("munlock");
            assertThat(failure.meaning()).contains("more is locked than was asked for");
        }

        kernel.filter.remove("munlock");
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLocked(CODE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, 0})
    void whatCannotBeGivenBackIsToldAndGivenBackLater(int answer) throws Exception {
        startJvm();
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        kernel.filter.put("munlock", answer);

        LockFailure failure = lock.unlock().failure();

        assertThat(failure.tried()).isEqualTo("munlock on all that is locked");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.status().asked().modeText()).isEqualTo("none");
        assertThat(lock.reconcile().failure()).isNotNull();

        kernel.filter.remove("munlock");
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, EPERM", "0, nothing was done"})
    void tellsThatNewMappingsAreStillBornLocked(int answer, String told) throws Exception {
        startJvm();
        lock.start(OptionParser.parse("mode=all,strategy=future"));
        kernel.filter.put("mlockall", answer);
        kernel.filter.put("munlockall", answer);

        LockFailure failure = lock.unlock().failure();

        assertThat(failure).isNotNull();
        assertThat(failure.tried()).contains("munlockall");
        assertThat(failure.answer()).contains(told);
        assertThat(failure.meaning()).contains("born locked");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);

        kernel.filter.clear();
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.chargedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, 0})
    void tellsThatNewMappingsAreStillBornLockedAfterAChange(int answer) throws Exception {
        startJvm();
        lock.start(OptionParser.parse("mode=all"));
        kernel.filter.put("mlockall", answer);
        kernel.filter.put("munlockall", answer);

        LockFailure failure = lock.change(OptionParser.parse("mode=heap")).failure();

        assertThat(failure).isNotNull();
        assertThat(failure.tried()).contains("to end MCL_FUTURE");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.reconcile().failure()).isNotNull();

        kernel.filter.clear();
        for (int pass = 0; pass < LATEST_PASS && kernel.isFuture(); pass++) {
            lock.reconcile();
        }
        assertThat(kernel.isFuture()).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** With little room all there is would be locked by one call. */
    @ParameterizedTest
    @CsvSource({"false, LOCKED", "true, FAILED"})
    void whatAFilterOnlySaysIsLockedIsNotCalledLocked(boolean isAllFiltered, LockState expected) throws Exception {
        process.freeBytes = 64 * MIB;
        startJvm();
        kernel.filter.put("mlockall", 0);
        if (isAllFiltered) {
            kernel.filter.put("mlock2", 0);
        }

        LockFailure failure = lock.start(OptionParser.parse("mode=all")).failure();

        assertThat(failure != null).isEqualTo(isAllFiltered);
        assertThat(lock.status().state()).isEqualTo(expected);
        assertThat(kernel.isLocked(HEAP)).isEqualTo(!isAllFiltered);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, 0})
    void whatIsLockedPieceByPieceIsNotCalledUnlocked(int answer) throws Exception {
        startJvm();
        kernel.filter.put("mlockall", answer);

        Outcome outcome = lock.start(OptionParser.parse("mode=all"));

        assertThat(outcome.failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(outcome.notices())
                .singleElement()
                .asString()
                .contains("locking mapping by mapping", "new memory is unlocked", "until the keeper finds and locks it")
                .doesNotContain("this JVM runs unlocked");
    }

    /** As the stack of a thread that starts where another has ended: under MCL_FUTURE it is born locked. */
    @Test
    void memoryRemappedWhileItIsUnlockedIsNoFailure() throws Exception {
        startJvm();
        assertThat(lock.start(OptionParser.parse("mode=heap,strategy=future")).failure())
                .isNull();
        assertThat(lock.reconcile().failure()).isNull();
        kernel.unmap(CODE, 2 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        assertThat(kernel.isLocked(CODE)).isTrue();
        mapAnewAfterUnlock(3);

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(lock.status().failureCount()).isZero();
        assertThat(kernel.afterUnlock).isEmpty();
        assertThat(kernel.isLocked(CODE)).isFalse();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    private void mapAnewAfterUnlock(int times) {
        kernel.afterUnlock.put(CODE, () -> {
            kernel.unmap(CODE, 2 * MIB);
            kernel.commit(Region.CODE, CODE, 2 * MIB);
            if (times > 1) {
                mapAnewAfterUnlock(times - 1);
            }
        });
    }
}
