// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.Region;
import io.memlock.options.OptionParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Before Linux 4.4, and where a seccomp filter hides mlock2: smaps shows our locks as it shows the application's. */
class NoOnFaultTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;
    private static final long NATIVE = 0x5000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new MemoryLock(new FakeProcess(kernel));

    @BeforeEach
    void startJvm() {
        kernel.hasOnFault = false;
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        kernel.reserve(Region.HEAP, HEAP + 4 * MIB, 60 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
        kernel.commit(Region.NATIVE, NATIVE, MIB);
    }

    private LockFailure start(String options) throws Exception {
        return lock.start(OptionParser.parse(options));
    }

    @Test
    void locksWhatIsCommittedPieceByPiece() throws Exception {
        assertThat(start("mode=heap+code")).isNull();

        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(kernel.chargedBytes()).isEqualTo(6 * MIB);
        assertThat(lock.takeNotices()).singleElement().asString().contains("came with Linux 4.4");
    }

    @Test
    void givesItsOwnLocksBack() throws Exception {
        start("mode=heap+code");

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void givesBackWhatIsNotSelectedAnyMore() throws Exception {
        start("mode=heap+code");

        assertThat(lock.change(OptionParser.parse("mode=heap"))).isNull();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(CODE)).isFalse();
    }

    @Test
    void leavesTheApplicationsLocksAlone() throws Exception {
        kernel.mlock(NATIVE, MIB);
        kernel.mlock(HEAP, 4 * MIB);
        start("mode=heap+code");

        lock.unlock();

        assertThat(kernel.isLocked(NATIVE)).isTrue();
        assertThat(kernel.isLocked(HEAP)).as("locked before we came").isTrue();
        assertThat(kernel.isLocked(CODE)).isFalse();
    }

    @Test
    void refusesFuture() throws Exception {
        LockFailure failure = start("mode=heap,strategy=future");

        assertThat(failure.answer()).contains("mlock2(MLOCK_ONFAULT) is not there");
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.isFuture()).isFalse();
    }
}
