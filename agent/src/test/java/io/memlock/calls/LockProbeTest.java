// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockProbe.Answer;
import io.memlock.fake.FakeKernel;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockProbeTest {

    private static final long HEAP = 0x1000_0000L;
    private static final long DEVICE = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final LockProbe probe = new LockProbe(kernel, FakeKernel.PAGE);

    @Test
    void tellsLockedFromUnlockedFromGone() {
        kernel.commit(Region.HEAP, HEAP, 1 << 20);
        assertThat(probe.ask(HEAP)).isEqualTo(Answer.UNLOCKED);

        kernel.mlock(HEAP, 1 << 20);
        assertThat(probe.ask(HEAP)).isEqualTo(Answer.LOCKED);
        assertThat(probe.isLocked(HEAP)).isTrue();

        kernel.unmap(HEAP, 1 << 20);
        assertThat(probe.ask(HEAP)).isEqualTo(Answer.GONE);
        assertThat(probe.isLocked(HEAP)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, Errno.EINVAL})
    void asksOtherwiseWhereTheCallIsRefused(int errno) {
        kernel.filter.put("msync", errno);

        tellsLockedFromUnlockedFromGone();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, Errno.EINVAL})
    void takesTwoRefusedCallsForNoAnswer(int errno) {
        kernel.filter.put("msync", errno);
        kernel.filter.put("madvise", errno);
        kernel.commit(Region.HEAP, HEAP, 1 << 20);
        kernel.mlock(HEAP, 1 << 20);

        assertThat(probe.ask(HEAP)).isEqualTo(Answer.UNKNOWN);
        assertThat(probe.isLocked(HEAP)).isFalse();
    }

    @Test
    void doesNotAskAgainWhatAnswersWithoutDoingAnything() {
        kernel.filter.put("msync", 0);
        kernel.commit(Region.HEAP, HEAP, 1 << 20);
        kernel.mlock(HEAP, 1 << 20);

        assertThat(probe.ask(HEAP)).isEqualTo(Answer.UNLOCKED);
        assertThat(probe.askTwice(HEAP)).isEqualTo(Answer.LOCKED);
        assertThat(probe.ask(HEAP)).isEqualTo(Answer.LOCKED);
    }

    /** MADV_COLD refuses it as if it were locked. */
    @Test
    void aDeviceThatIsNeverLockedIsNotTakenForLocked() {
        kernel.mapSpecial(DEVICE, 1 << 20);
        kernel.commit(Region.HEAP, HEAP, 1 << 20);
        kernel.mlock2(DEVICE, 1 << 20, Linux.MLOCK_ONFAULT);

        assertThat(probe.askTwice(DEVICE)).isEqualTo(Answer.UNLOCKED);

        assertThat(kernel.chargedBytes()).isZero();
        kernel.filter.put("madvise", Errno.EINVAL);
        assertThat(probe.ask(HEAP)).as("msync is still asked").isEqualTo(Answer.UNLOCKED);
    }
}
