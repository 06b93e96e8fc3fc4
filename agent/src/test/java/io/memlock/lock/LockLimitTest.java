// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.os.Errno;
import io.memlock.os.Linux;
import org.junit.jupiter.api.Test;

class LockLimitTest {

    private final FakeKernel kernel = new FakeKernel();

    @Test
    void privilegeCountsAsTriedNotAsClaimed() {
        assertThat(LockLimit.establish(kernel).isUnlimited()).isTrue();
        assertThat(LockLimit.establish(kernel).effectiveBytes()).isEqualTo(-1);

        kernel.privileged = false;

        assertThat(LockLimit.establish(kernel).isUnlimited()).isFalse();
        assertThat(LockLimit.establish(kernel).probeErrno()).isEqualTo(Errno.ENOMEM);
        assertThat(LockLimit.establish(kernel).effectiveBytes()).isEqualTo(8 << 20);
    }

    @Test
    void limitZeroWithoutPrivilegeIsNotPermitted() {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 0;

        assertThat(LockLimit.establish(kernel).probeErrno()).isEqualTo(Errno.EPERM);
    }

    @Test
    void theLimitIsLeftAloneWhereItDoesNotMatter() {
        kernel.softLimit = 4096;

        LockLimit.establish(kernel);

        assertThat(kernel.softLimit).isEqualTo(4096);
    }

    @Test
    void anInfiniteHardLimitIsTakenWithoutPrivilege() {
        kernel.privileged = false;
        kernel.hardLimit = Linux.RLIM_INFINITY;

        LockLimit limit = LockLimit.establish(kernel);

        assertThat(limit.isUnlimited()).isTrue();
        assertThat(limit.describe()).isEqualTo("RLIMIT_MEMLOCK soft unlimited, hard unlimited");
    }

    @Test
    void leavesNothingMapped() {
        LockLimit.establish(kernel);

        kernel.refresh();
        assertThat(kernel.segments()).isEmpty();
        assertThat(kernel.chargedBytes()).isZero();
    }
}
