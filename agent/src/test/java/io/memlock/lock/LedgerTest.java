// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.advice.Advice;
import io.memlock.memory.Region;
import io.memlock.reconcile.PassResult;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerTest {

    private static final LockFailure FAILURE = new LockFailure("to lock", "ENOMEM", "", "", Advice.lasting(""));

    private static PassResult pass(long wanted, Map<Region, Long> missing) {
        return new PassResult(9, wanted, missing, 3, 2, 1, 0, false);
    }

    @ParameterizedTest
    @CsvSource({"10, 10, FAILED", "10, 9, PARTIAL", "10, 0, PARTIAL", "0, 0, PARTIAL"})
    void isFailedOnlyWhereAllIsMissing(long wanted, long missing, LockState state) {
        Map<Region, Long> missingBytes = missing == 0 ? Map.of() : Map.of(Region.HEAP, missing);

        assertThat(Ledger.stateAfter(pass(wanted, missingBytes), FAILURE)).isEqualTo(state);
        assertThat(Ledger.stateAfter(pass(wanted, missingBytes), null)).isEqualTo(LockState.LOCKED);
    }
}
