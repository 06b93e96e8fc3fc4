// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.state.LockState;
import io.memlock.state.Strategy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application calls {@code mlock} or {@code mlockall(MCL_FUTURE)} itself, before us or after. */
class ApplicationsFutureTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long NATIVE = 0x5000_0000L;
    private static final long LATER = 0x6000_0000L;
    private static final long LAST = 0x7000_0000L;
    private static final int ON_FAULT = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new FakeProcess(kernel).newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.commit(Region.NATIVE, NATIVE, MIB);
    }

    @ParameterizedTest
    @ValueSource(ints = {Linux.MCL_FUTURE, ON_FAULT})
    void isInForceAfterAnAttachAndAnUnlockAsBefore(int flags) throws Exception {
        kernel.mlockall(flags);
        boolean isOnFault = flags == ON_FAULT;

        lock.change(OptionParser.parse("mode=all"));
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().strategy()).isEqualTo(Strategy.FUTURE);
        assertThat(kernel.isLockedOnFault(HEAP)).as("what was there is locked").isTrue();
        kernel.commit(Region.NATIVE, LATER, MIB);
        lock.reconcile();
        assertThat(kernel.isLocked(LATER)).isTrue();
        assertThat(kernel.isLockedOnFault(LATER)).isEqualTo(isOnFault);

        lock.unlock();

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isLocked(NATIVE)).isFalse();
        assertThat(kernel.isLocked(LATER))
                .as("born locked by the application's doing")
                .isTrue();
        kernel.commit(Region.NATIVE, LAST, MIB);
        assertThat(kernel.isLocked(LAST)).isTrue();
        assertThat(kernel.isLockedOnFault(LAST)).isEqualTo(isOnFault);
    }

    @Test
    void isInForceAfterAChangeToRescan() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=all"));

        lock.change(OptionParser.parse("mode=heap,strategy=rescan"));

        assertThat(kernel.isLockedOnFault(HEAP)).isTrue();
        assertThat(kernel.isLocked(NATIVE)).isFalse();
        kernel.commit(Region.NATIVE, LATER, MIB);
        assertThat(kernel.isLocked(LATER)).isTrue();
    }

    @Test
    void isLeftInForceWhereItComesAfterOurs() throws Exception {
        lock.start(OptionParser.parse("mode=all"));
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.reconcile();
        kernel.commit(Region.NATIVE, LATER, MIB);
        assertThat(kernel.isLockedOnFault(LATER))
                .as("populated, as the application asked")
                .isFalse();

        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isLocked(LATER)).isTrue();
        kernel.commit(Region.NATIVE, LAST, MIB);
        assertThat(kernel.isLocked(LAST)).isTrue();
    }

    @Test
    void isReplacedByOursOnceTheApplicationEndsIt() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=all"));
        kernel.munlockall();
        lock.reconcile();
        kernel.commit(Region.NATIVE, LATER, MIB);
        assertThat(kernel.isLockedOnFault(LATER)).isTrue();

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void isNotReplacedByOursWhereALookAtItFails() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=all"));
        kernel.filter.put("mmap", Errno.ENOMEM);
        lock.reconcile();
        kernel.filter.clear();
        lock.unlock();
        kernel.commit(Region.NATIVE, LAST, MIB);

        assertThat(kernel.isLocked(LAST)).isTrue();
        assertThat(kernel.isLockedOnFault(LAST)).isFalse();
    }

    @Test
    void unlocksNothingThatIsBornLockedByTheApplicationsDoing() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=heap,strategy=future"));
        kernel.commit(Region.NATIVE, LATER, MIB);
        lock.reconcile();

        assertThat(kernel.isLocked(LATER)).isTrue();
        assertThat(lock.isBornUnwanted(Region.MAPPED)).isFalse();
    }

    @Test
    void whatIsLockedBeforeMainByAnotherLibraryStaysItsOwn() throws Exception {
        kernel.mlock(NATIVE, MIB);

        lock.start(OptionParser.parse("mode=all"));
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLockedOnFault(HEAP)).isTrue();
        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isLocked(NATIVE)).isTrue();
    }

    /** As in gVisor, which has no pagemap. */
    @Test
    void isOursWhereItCannotBeToldWhetherNewMappingsArePopulated() throws Exception {
        kernel.isAllSaidToBePresent = true;
        kernel.filter.put("open", Errno.ENOENT);
        lock.start(OptionParser.parse("mode=all"));
        lock.reconcile();

        assertThat(lock.unlock().notices()).isEmpty();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void givesWayToALimitAllTheSame() throws Exception {
        kernel.mlockall(Linux.MCL_FUTURE);
        lock.change(OptionParser.parse("mode=all"));
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 6 * MIB;

        lock.reconcile();

        assertThat(kernel.isFuture()).as("the next commit would end the JVM").isFalse();
    }

    /** It would be born locked and populated: the holes of the file, too. */
    @Test
    void zgcsHeapIsNotMirroredUnderIt() throws Exception {
        kernel.mapHeapFile(4L << 40, 4 * MIB, 0);
        kernel.mlockall(Linux.MCL_FUTURE);

        lock.change(OptionParser.parse("mode=all"));
        lock.reconcile();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.hasHeapView()).isFalse();
    }
}
