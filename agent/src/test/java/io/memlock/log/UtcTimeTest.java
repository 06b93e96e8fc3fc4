// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class UtcTimeTest {

    /** Four hundred years, in steps that fall on every day of the year and every hour. */
    @Test
    void saysWhatTheJdkSays() {
        long step = 86_400_000L * 5 + 3_723_456;
        for (long millis = -2_208_988_800_000L; millis < 10_413_792_000_000L; millis += step) {
            String expected =
                    Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
            assertThat(UtcTime.text(millis)).isEqualTo(expected);
        }
    }
}
