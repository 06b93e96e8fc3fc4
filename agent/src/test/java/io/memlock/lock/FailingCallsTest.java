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
import io.memlock.state.LockStatus;
import io.memlock.state.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each call into the C library fails once, in turn: nothing is thrown, the state is true, and the next pass mends it. */
class FailingCallsTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long FILE = 0x4000_0000L;

    private static final int[] ERRNOS = {
        Errno.EPERM, Errno.EAGAIN, Errno.ENOMEM, Errno.EFAULT, Errno.EINVAL, Errno.ENOSYS
    };

    private record Case(String options, long limitBytes) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String options : new String[] {"", "strategy=rescan", "strategy=future", "mode=code+heap"}) {
            for (long limit : new long[] {-1, 0, 5 * MIB, 64 * MIB}) {
                cases.add(new Case(options, limit));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noCallIsTooImportantToFail(Case test) throws Exception {
        for (int errno : ERRNOS) {
            int n = 0;
            while (run(test, errno, n)) {
                n++;
            }
            assertThat(n).as("calls tried").isGreaterThan(5);
        }
    }

    /** Returns whether there was a call n. */
    private static boolean run(Case test, int errno, int n) throws Exception {
        FakeKernel kernel = jvm(test.limitBytes);
        MemoryLock lock = new FakeProcess(kernel).newLock();
        kernel.failCall = n;
        kernel.failWith = errno;
        String what = test + ", call " + n + " fails with " + Errno.describe(errno) + ": ";

        List<String> notices =
                new ArrayList<>(lock.start(OptionParser.parse(test.options)).notices());
        assertTrue(what + "start", lock, kernel);
        assertThat(kernel.commit(Region.HEAP, HEAP, 8 * MIB))
                .as(what + "the JVM commits")
                .isTrue();
        notices.addAll(lock.reconcile().notices());
        assertTrue(what + "reconcile", lock, kernel);
        notices.addAll(lock.change(OptionParser.parse("mode=code")).notices());
        assertTrue(what + "change", lock, kernel);
        notices.addAll(lock.change(OptionParser.parse(test.options)).notices());
        assertTrue(what + "change back", lock, kernel);
        notices.addAll(lock.unlock().notices());
        boolean failed = kernel.calls > n;
        notices.forEach(notice -> assertThat(notice).isNotBlank());
        return failed;
    }

    /** From some call on all fail, until the first pass is over: what is said is true throughout, and then it is mended. */
    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsLostForGoodWhenCallsFailForLong(Case test) throws Exception {
        for (int errno : ERRNOS) {
            for (int from = 0; from < 60; from += 3) {
                FakeKernel kernel = jvm(test.limitBytes);
                MemoryLock lock = new FakeProcess(kernel).newLock();
                kernel.failCall = from;
                kernel.failUntilCall = Integer.MAX_VALUE;
                kernel.failWith = errno;
                String what = test + ", from call " + from + " on all fail with " + Errno.describe(errno) + ": ";

                lock.start(OptionParser.parse(test.options));
                assertTrue(what + "start", lock, kernel);
                for (int pass = 0; pass < 4; pass++) {
                    assertThat(kernel.commit(Region.HEAP, HEAP + pass * (8 * MIB), 8 * MIB))
                            .as(what + "the JVM commits")
                            .isTrue();
                    lock.reconcileAfterChange();
                    assertTrue(what + "pass " + pass, lock, kernel);
                }
                boolean isRefused = lock.status().regions().isEmpty();
                kernel.failCall = -1;
                for (int pass = 0; pass < 8; pass++) {
                    lock.reconcileAfterChange();
                    assertTrue(what + "mending " + pass, lock, kernel);
                }
                if (lock.status().limit().isUnlimited() && !isRefused) {
                    assertThat(lock.status().state()).as(what + "mended").isEqualTo(LockState.LOCKED);
                }
            }
        }
    }

    /** Under-statement is allowed for one pass, over-statement never. */
    private static void assertTrue(String what, MemoryLock lock, FakeKernel kernel) {
        LockStatus status = lock.status();
        if (status.state() == LockState.LOCKED) {
            for (Region region : List.of(Region.HEAP, Region.CODE)) {
                if (status.regions().contains(region)) {
                    assertThat(kernel.isLocked(region == Region.HEAP ? HEAP : CODE))
                            .as(what + ", LOCKED, " + region)
                            .isTrue();
                }
            }
        }
        if (kernel.isFuture()) {
            assertThat(kernel.privileged).as(what + ", MCL_FUTURE").isTrue();
        }
        if (status.state() != LockState.LOCKED && status.state() != LockState.UNLOCKED) {
            assertThat(status.lastFailure()).as(what).isNotNull();
        }
    }

    private static FakeKernel jvm(long limitBytes) {
        FakeKernel kernel = new FakeKernel();
        if (limitBytes >= 0) {
            kernel.privileged = false;
            kernel.softLimit = kernel.hardLimit = limitBytes;
        }
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.reserve(Region.HEAP, HEAP + 8 * MIB, 60 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.mapFile(FILE, MIB, "/data/index");
        return kernel;
    }

    private static MemoryLock locked(FakeKernel kernel) throws Exception {
        MemoryLock lock = new FakeProcess(kernel).newLock();
        lock.start(OptionParser.parse(""));
        lock.reconcile();
        return lock;
    }

    /** The call that ends it where all fits locks all there is, also what is not selected. */
    @Test
    void aLimitThatComesToApplyAndHoldsAllLeavesFilesUnlocked() throws Exception {
        FakeKernel kernel = jvm(-1);
        kernel.softLimit = kernel.hardLimit = 64L << 30;
        MemoryLock lock = locked(kernel);
        assertThat(kernel.isLocked(FILE)).isFalse();
        kernel.privileged = false;

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void aLimitThatShrinksEndsFutureBeforeItEndsTheJvm() throws Exception {
        FakeKernel kernel = jvm(-1);
        MemoryLock lock = locked(kernel);
        kernel.privileged = false;

        Outcome outcome = lock.reconcile();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.commit(Region.HEAP, HEAP, 8 * MIB)).isTrue();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(outcome.notices())
                .hasSize(1)
                .first()
                .asString()
                .contains("CAP_IPC_LOCK was dropped: a limit applies");
    }

    @Test
    void nobodyIsAccusedOfWhatWeUnlockedWhenRootWasDropped() throws Exception {
        FakeKernel kernel = jvm(-1);
        MemoryLock lock = locked(kernel);
        kernel.privileged = false;

        assertThat(lock.endFutureWithoutCapability()).isTrue();
        List<String> notices = new ArrayList<>(lock.reconcile().notices());
        notices.addAll(lock.reconcile().notices());

        assertThat(notices).hasSize(1).noneMatch(notice -> notice.contains("another party"));
    }

    @Test
    void aLimitThatIsLiftedBringsFutureBack() throws Exception {
        FakeKernel kernel = jvm(MIB);
        MemoryLock lock = new FakeProcess(kernel).newLock();
        assertThat(lock.start(OptionParser.parse("")).failure()).isNotNull();
        kernel.privileged = true;

        assertThat(lock.reconcile().failure()).isNull();

        assertThat(kernel.isFuture()).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(Strategy.FUTURE);
    }

    @Test
    void somebodyElsesUnlockingIsTold() throws Exception {
        FakeKernel kernel = jvm(-1);
        MemoryLock lock = locked(kernel);
        kernel.munlockall();

        Outcome outcome = lock.reconcile();

        assertThat(outcome.failure()).isNull();
        assertThat(outcome.notices()).hasSize(1).first().asString().contains("another party");
    }

    /** msync says once, falsely, that nothing is locked; the other way of asking knows better. */
    @Test
    void nobodyIsBlamedForAFalseAnswer() throws Exception {
        FakeKernel kernel = jvm(-1);
        MemoryLock lock = locked(kernel);
        kernel.commit(Region.HEAP, HEAP, MIB);
        kernel.afterRefresh = () -> kernel.filter.put("msync", 0);

        Outcome outcome = lock.reconcileAfterChange();

        assertThat(outcome.failure()).isNull();
        assertThat(outcome.notices()).isEmpty();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    /** Threads and buffers come and go between the look at the mappings and the question whether each is locked. */
    @Test
    void nobodyIsBlamedForWhatIsGone() throws Exception {
        FakeKernel kernel = jvm(-1);
        MemoryLock lock = locked(kernel);
        kernel.afterRefresh = () -> kernel.munmap(CODE, 2 * MIB);

        Outcome outcome = lock.reconcileAfterChange();

        assertThat(outcome.failure()).isNull();
        assertThat(outcome.notices()).isEmpty();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().relockCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOMEM})
    void theMessageTellsAFilterFromALimitOfZero(int errno) throws Exception {
        FakeKernel kernel = jvm(errno == Errno.EPERM ? 0 : MIB);
        FakeProcess process = new FakeProcess(kernel);

        LockFailure failure = process.newLock().start(OptionParser.parse("")).failure();

        assertThat(failure.meaning()).contains(errno == Errno.EPERM ? "the limit is 0" : "the limit on locked memory");
        assertThat(failure.remedy()).contains("LimitMEMLOCK=infinity").contains("app.service");
    }

    /** Where {@code /proc/self/status} cannot be read, nobody knows of the filter. */
    @Test
    void aLimitThatIsNotZeroIsNotBlamedForARefusal() throws Exception {
        FakeKernel kernel = jvm(64 * MIB);
        kernel.filter.put("mlock2", Errno.EPERM);

        LockFailure failure = new FakeProcess(kernel)
                .newLock()
                .start(OptionParser.parse("mode=heap"))
                .failure();

        assertThat(failure.meaning()).doesNotContain("the limit is 0").contains("seccomp filter");
        assertThat(failure.remedy()).contains("SystemCallFilter=").doesNotContain("LimitMEMLOCK");
    }
}
