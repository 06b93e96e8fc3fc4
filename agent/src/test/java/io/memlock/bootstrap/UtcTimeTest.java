// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class UtcTimeTest {

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /** Four hundred years, in steps that fall on every day of the year and every hour. */
    @Test
    void saysWhatTheJdkSays() {
        long step = 86_400_000L * 5 + 3_723_456;
        for (long millis = -2_208_988_800_000L; millis < 10_413_792_000_000L; millis += step) {
            String expected = MILLISECONDS.format(Instant.ofEpochMilli(millis));
            assertThat(UtcTime.text(millis)).isEqualTo(expected);
        }
    }
}
