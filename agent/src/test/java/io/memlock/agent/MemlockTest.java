// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.state.LockState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemlockTest {

    /** In a heap that is full just then, what is locked may be all. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UNKNOWN | NOT KNOWN WHETHER LOCKED",
                "FAILED  | NOT LOCKED",
                "PARTIAL | PARTLY LOCKED",
                "LOCKED  | LOCKED, BUT NOT AS ASKED"
            })
    void aFailureIsHeadedByWhatIsKnown(LockState state, String headline) {
        assertThat(Memlock.headline(state)).isEqualTo(headline);
    }
}
