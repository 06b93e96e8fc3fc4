// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutgrowWarningTest {

    private static final long GIB = 1 << 30;

    @Test
    void warnsOfTheTighterOfTheTwo() {
        assertThat(new OutgrowWarning(4 * GIB, 3 * GIB, 8 * GIB).text())
                .contains("can grow to 4.0 GiB")
                .contains("the memory cgroup allows 3.0 GiB");
        assertThat(new OutgrowWarning(9 * GIB, -1, 8 * GIB).text()).contains("the host has 8.0 GiB");
    }

    @Test
    void saysNothingWhereThereIsRoom() {
        assertThat(new OutgrowWarning(4 * GIB, 4 * GIB, 8 * GIB).text()).isNull();
        assertThat(new OutgrowWarning(4 * GIB, -1, 8 * GIB).text()).isNull();
    }

    @Test
    void whatIsNotKnownIsNoReasonToWarn() {
        assertThat(new OutgrowWarning(1 << 30, -1, -1).text()).isNull();
        assertThat(new OutgrowWarning(1 << 30, 1 << 20, -1).text()).contains("the memory cgroup allows 1.0 MiB");
    }
}
