// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.memory.Region;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemlockBudgetTest {

    private static final long LIMIT = 8 << 20;

    private final MemlockBudget budget = new MemlockBudget();

    @Test
    void holdsToTheByteWhatTheReserveLeaves() {
        long room = LockLimit.usableBytes(LIMIT) - 300 - 20;
        budget.begin(LIMIT, 300, 20);

        budget.admit(List.of(Region.HEAP), room);
        budget.admit(List.of(Region.CODE), room + 1);

        assertThat(budget.isAdmitted(Region.HEAP)).isTrue();
        assertThat(budget.isAdmitted(Region.CODE)).isFalse();
        assertThat(budget.take(room)).isTrue();
        assertThat(budget.take(1)).isFalse();
    }

    @Test
    void aLimitOfZeroHoldsNothingAndNoLimitHoldsAll() {
        budget.begin(0, 0, 0);
        assertThat(budget.take(1)).isFalse();

        budget.begin(-1, LIMIT, LIMIT);
        assertThat(budget.take(1L << 50)).isTrue();
    }
}
