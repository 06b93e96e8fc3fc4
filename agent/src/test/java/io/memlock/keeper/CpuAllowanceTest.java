// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuAllowanceTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    private final CpuAllowance allowance = new CpuAllowance(20, SECOND, 0);

    @Test
    void aBurstIsDoneAtOnce() {
        for (int pass = 0; pass < 20; pass++) {
            assertThat(allowance.restNanos(0)).isZero();
            allowance.spend(50 * MILLI);
        }

        assertThat(allowance.restNanos(0)).isZero();
    }

    @Test
    void workWithoutEndGetsItsShare() {
        long now = 0;
        long worked = 0;
        while (now < 1000 * SECOND) {
            now += allowance.restNanos(now) + 3 * MILLI;
            allowance.spend(3 * MILLI);
            worked += 3 * MILLI;
        }

        assertThat(worked).isBetween(50 * SECOND, 51 * SECOND + 6 * MILLI);
    }

    @Test
    void whatIsNotUsedIsSavedOnlyUpToALimit() {
        assertThat(allowance.restNanos(1_000_000 * SECOND)).isZero();
        allowance.spend(SECOND + MILLI);

        assertThat(allowance.restNanos(1_000_000 * SECOND)).isEqualTo(20 * MILLI);
    }

    @Test
    void smallEarningsAreNotRoundedAway() {
        allowance.spend(2 * SECOND);
        for (long now = 0; now <= 10 * SECOND; now += 19) {
            if (now > 300) {
                now += MILLI;
            }
            allowance.restNanos(now);
        }

        assertThat(allowance.restNanos(10 * SECOND)).isEqualTo(10 * SECOND);
    }
}
