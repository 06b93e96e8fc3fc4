// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.proc.ProcessStat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultCountTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FaultCount count = new FaultCount();

    @BeforeEach
    void theFirstLookFindsNothing() {
        assertThat(count.next(stat(100, 7), 0)).isNull();
    }

    private static ProcessStat stat(long minorFaults, long majorFaults) {
        return new ProcessStat(minorFaults, majorFaults, 0);
    }

    @Test
    void countsFromOneLookToTheNext() {
        assertThat(count.next(stat(110, 9), SECOND)).isEqualTo(new FaultCount.Faults(2, 10, SECOND));
        assertThat(count.next(stat(111, 9), 3 * SECOND)).isEqualTo(new FaultCount.Faults(0, 1, 2 * SECOND));
    }

    @Test
    void theIntervalGoesOnWhileTheCountersCannotBeRead() {
        assertThat(count.next(null, SECOND)).isNull();
        assertThat(count.next(stat(110, 9), 2 * SECOND)).isEqualTo(new FaultCount.Faults(2, 10, 2 * SECOND));
    }

    @Test
    void countsNothingOfTheTimeBeforeAReset() {
        count.reset();

        assertThat(count.next(stat(110, 9), 2 * SECOND)).isNull();
        assertThat(count.next(stat(111, 10), 3 * SECOND)).isEqualTo(new FaultCount.Faults(1, 1, SECOND));
    }
}
