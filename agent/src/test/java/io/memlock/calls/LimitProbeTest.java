// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitProbeTest {

    private static final long MIB = 1 << 20;

    private final FakeKernel kernel = new FakeKernel();
    private final LimitProbe probe = probe();

    private LimitProbe probe() {
        return new LimitProbe(kernel, kernel.proc(), new LockProbe(kernel, FakeKernel.PAGE), FakeKernel.PAGE);
    }

    @Test
    void findsAThreadThatHasDroppedItsCapability(@TempDir Path directory) throws Exception {
        kernel.tasks = directory.toFile();
        for (int thread = 100; thread < 150; thread++) {
            Files.createDirectories(directory.resolve("self/task/" + thread));
        }
        LimitProbe looking = probe();
        for (int i = 0; i < 20; i++) {
            assertThat(looking.isDroppedByAThread()).isFalse();
        }
        kernel.threadsWithoutCapability.add(117);

        boolean isFound = false;
        for (int i = 0; i < 13 && !isFound; i++) { // four in turn of fifty
            isFound = looking.isDroppedByAThread();
        }
        assertThat(isFound).isTrue();
        assertThat(looking.hasCapability()).as("of the thread that asks").isTrue();
    }

    @Test
    void underAFilterThatIsSetLaterTheStatusTellsOfTheCapability(@TempDir Path directory) throws Exception {
        kernel.tasks = directory.toFile();
        LimitProbe looking = probe();
        status(directory, "thread-self", 0, 1 << Linux.CAP_IPC_LOCK);
        LockLimit first = looking.establish();
        kernel.died.clear();
        kernel.deadly.add("capget");
        status(directory, "thread-self", 2, 1 << Linux.CAP_IPC_LOCK);

        LockLimit second = looking.again(first);
        assertThat(second.hasCapability()).isTrue();
        status(directory, "self/task/7", 2, 1 << Linux.CAP_IPC_LOCK);
        assertThat(looking.isDroppedByAThread()).isFalse();
        status(directory, "self/task/7", 2, 0);
        assertThat(looking.isDroppedByAThread()).isTrue();
        status(directory, "thread-self", 2, 0);
        assertThat(looking.hasCapability()).isFalse();
        assertThat(looking.again(second).hasCapability()).isFalse();
        assertThat(kernel.died).isEmpty();
    }

    /** A seccomp filter refuses to tell. */
    @Test
    void aLimitThatNobodyTellsIsNotANumber() {
        kernel.privileged = false;
        kernel.softLimit = 8 * MIB;
        kernel.hardLimit = 8 * MIB;
        kernel.filter.put("getrlimit", Errno.EPERM);

        LockLimit limit = probe.establish();

        assertThat(limit.isUnlimited()).isFalse();
        assertThat(limit.isKnown()).isFalse();
        assertThat(limit.text()).isEqualTo("unknown");
        kernel.filter.clear();
        assertThat(probe.establish().text()).isEqualTo("8.0 MiB");
    }

    private static void status(Path proc, String thread, int seccomp, long capabilities) throws Exception {
        Path directory = Files.createDirectories(proc.resolve(thread));
        String text = "Name:\tjava\nCapEff:\t%016x\nSeccomp:\t%d\n".formatted(capabilities, seccomp);
        Files.writeString(directory.resolve("status"), text);
    }

    private void limit(long bytes) {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 64 << 10, 8 << 20, 1L << 30, 1L << 40, 1L << 46})
    void aFiniteLimitAppliesUnlessTheCapabilityCounts(long bytes) {
        kernel.softLimit = kernel.hardLimit = bytes;
        LockLimit granted = probe.establish();
        assertThat(granted.isUnlimited()).isTrue();
        assertThat(granted.isByCapability()).isTrue();
        assertThat(granted.effectiveBytes()).isEqualTo(-1);

        kernel.privileged = false;
        LockLimit refused = probe.establish();
        assertThat(refused.isUnlimited()).isFalse();
        assertThat(refused.probeErrno()).isEqualTo(bytes == 0 ? Errno.EPERM : Errno.ENOMEM);
        assertThat(refused.effectiveBytes()).isEqualTo(bytes);
    }

    @Test
    void aCapabilityThatIsShownAndDoesNotCountIsNone() {
        limit(8 * MIB);
        kernel.isInUserNamespace = true;

        assertThat(probe.establish().isUnlimited()).isFalse();
        assertThat(probe.establish().hasCapability()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void knowsTheAnswerOnKernelsThatFailAfterTheyHaveLocked(boolean privileged) {
        kernel.failsOnProtNone = true;
        kernel.privileged = privileged;

        assertThat(probe.establish().isUnlimited()).isEqualTo(privileged);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isNotMisledByPagesThatAreBornLocked(boolean privileged) {
        kernel.mlockall(Linux.MCL_FUTURE | Linux.MCL_ONFAULT);
        kernel.privileged = privileged;

        assertThat(probe.establish().isUnlimited()).isEqualTo(privileged);
    }

    @Test
    void aLimitThatIsUsedUpUnderFutureApplies() {
        kernel.mlockall(Linux.MCL_FUTURE | Linux.MCL_ONFAULT);
        kernel.commit(Region.HEAP, 0x1000_0000L, 8 * MIB);
        kernel.privileged = false;

        assertThat(probe.establish().isUnlimited()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {8 << 20, 1L << 40})
    void chargesOnePageWhateverTheLimitAndLeavesNothingBehind(long bytes) {
        kernel.softLimit = kernel.hardLimit = bytes;

        probe.establish();

        assertThat(kernel.mostCharged).isLessThanOrEqualTo(FakeKernel.PAGE);
        assertThat(kernel.longestWalk).isLessThanOrEqualTo(FakeKernel.PAGE);
        kernel.refresh();
        assertThat(kernel.segments()).isEmpty();
    }

    @Test
    void anInfiniteLimitNeedsNoTrial() {
        limit(Linux.RLIM_INFINITY);

        assertThat(probe.establish().isUnlimited()).isTrue();
        assertThat(probe.establish().isByCapability()).isFalse();
        assertThat(kernel.longestWalk).isZero();
    }

    /** The trial with 2^62 bytes succeeds under such a limit. It can be lowered from outside, as an infinite one. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 1L << 62})
    void aLimitThatNothingReachesCountsAsInfinite(long bytes) {
        limit(bytes);

        LockLimit limit = probe.establish();

        assertThat(limit.isUnlimited()).isTrue();
        assertThat(limit.isByCapability()).isFalse();
        assertThat(limit.describe()).isEqualTo("RLIMIT_MEMLOCK soft unlimited, hard unlimited");
        assertThat(probe.again(limit)).isSameAs(limit);

        limit(8 * MIB);
        kernel.hardLimit = bytes;
        assertThat(probe.establish().describe()).isEqualTo("RLIMIT_MEMLOCK soft unlimited, hard unlimited");
        assertThat(kernel.softLimit).isEqualTo(bytes);
    }

    @Test
    void theLimitIsLeftAloneWhereItDoesNotMatter() {
        kernel.softLimit = 4096;

        probe.establish();

        assertThat(kernel.softLimit).isEqualTo(4096);
    }

    @Test
    void anInfiniteHardLimitIsTakenWithoutPrivilege() {
        limit(8 * MIB);
        kernel.hardLimit = Linux.RLIM_INFINITY;

        LockLimit limit = probe.establish();

        assertThat(limit.isUnlimited()).isTrue();
        assertThat(limit.describe()).isEqualTo("RLIMIT_MEMLOCK soft unlimited, hard unlimited");
    }

    @Test
    void theSoftLimitIsRaisedToTheHardOneWhereItApplies() {
        limit(8 * MIB);
        kernel.hardLimit = 64 * MIB;

        assertThat(probe.establish().effectiveBytes()).isEqualTo(64 * MIB);
        assertThat(kernel.softLimit).isEqualTo(64 * MIB);
    }

    @Test
    void isNotTriedAgainWhileNothingChanges() {
        LockLimit limit = probe.establish();
        kernel.calls = 0;

        assertThat(probe.again(limit)).isSameAs(limit);

        assertThat(kernel.calls).as("getrlimit and capget").isEqualTo(2);
    }

    @Test
    void seesThatTheProcessDroppedRoot() {
        LockLimit limit = probe.establish();
        kernel.privileged = false;

        assertThat(probe.again(limit).isUnlimited()).isFalse();
    }

    /** By an operator with {@code prlimit}, who does not want it back where it was three seconds later. */
    @Test
    void theSoftLimitThatWasLoweredStaysWhereItIs() {
        limit(8 * MIB);
        kernel.hardLimit = 64 * MIB;
        LockLimit limit = probe.establish();
        kernel.softLimit = 6 * MIB;

        LockLimit lowered = probe.again(limit);

        assertThat(lowered.effectiveBytes()).isEqualTo(6 * MIB);
        assertThat(kernel.softLimit).isEqualTo(6 * MIB);
        assertThat(probe.again(lowered)).isSameAs(lowered);
        for (int i = 0; i < 120; i++) { // with the trials that are made now and then
            lowered = probe.again(lowered);
        }
        assertThat(kernel.softLimit).isEqualTo(6 * MIB);
    }

    @Test
    void theSoftLimitFollowsAHardOneThatWasRaised() {
        limit(8 * MIB);
        LockLimit limit = probe.establish();
        kernel.hardLimit = 64 * MIB;

        assertThat(probe.again(limit).effectiveBytes()).isEqualTo(64 * MIB);
    }

    @Test
    void aLookChangesNothing() {
        limit(8 * MIB);
        kernel.hardLimit = 64 * MIB;

        assertThat(probe.look().effectiveBytes()).isEqualTo(8 * MIB);
        assertThat(kernel.softLimit).isEqualTo(8 * MIB);
    }

    @Test
    void afterRootWasDroppedTheSoftLimitIsRaisedToTheHardOne() {
        kernel.softLimit = 8 * MIB;
        kernel.hardLimit = 64 * MIB;
        LockLimit limit = probe.establish();
        kernel.privileged = false;

        assertThat(probe.again(limit).effectiveBytes()).isEqualTo(64 * MIB);
    }

    @Test
    void seesALimitThatCameDownOrWasLifted() {
        limit(Linux.RLIM_INFINITY);
        LockLimit limit = probe.establish();
        kernel.softLimit = kernel.hardLimit = MIB;
        LockLimit lowered = probe.again(limit);
        assertThat(lowered.effectiveBytes()).isEqualTo(MIB);

        kernel.softLimit = kernel.hardLimit = Linux.RLIM_INFINITY;
        assertThat(probe.again(lowered).isUnlimited()).isTrue();
    }

    @Test
    void triesNowAndThenWhatCannotBeSeen() {
        limit(8 * MIB);
        kernel.isInUserNamespace = true; // as where a security module refuses the capability
        LockLimit limit = probe.establish();
        kernel.privileged = true;

        for (int i = 0; i < 60; i++) {
            limit = probe.again(limit);
        }

        assertThat(limit.isUnlimited()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void triesByTheOtherCallWhereAFilterRefusesTheFirst(boolean privileged) {
        kernel.hasOnFault = false;
        kernel.privileged = privileged;

        assertThat(probe.establish().isUnlimited()).isEqualTo(privileged);
    }

    @Test
    void believesWhatWasKnownWhereItCannotBeTried() {
        LockLimit limit = probe.establish();
        kernel.privileged = false;
        kernel.failCall = kernel.calls + 4; // the mmap of the trial: getrlimit and capget go before, twice
        kernel.failWith = Errno.ENOMEM;

        assertThat(probe.again(limit)).isSameAs(limit);
        assertThat(probe.again(limit).isUnlimited()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 64 << 10, 300 << 10, 1 << 20, 8 << 20, 100 << 20, 200 << 20, 1L << 40})
    void theLimitToLockSoMuchLeavesTheReserveAndLittleMore(long bytes) {
        long limit = LockLimit.toLock(bytes);

        assertThat(LockLimit.usableBytes(limit)).isBetween(bytes, bytes + 16);
    }

    @Test
    void liftsTheLimitWhereThatIsAllowed() {
        LockLimit limit = probe.establish();
        assertThat(probe.lift(limit).isByCapability()).isTrue();
        assertThat(kernel.softLimit).as("no CAP_SYS_RESOURCE").isEqualTo(8 * MIB);

        kernel.mayRaiseHardLimit = true;
        assertThat(probe.lift(limit).isByCapability()).isFalse();
        assertThat(kernel.hardLimit).isEqualTo(Linux.RLIM_INFINITY);
    }
}
