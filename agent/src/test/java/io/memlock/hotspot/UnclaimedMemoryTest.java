// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnclaimedMemoryTest {

    private static final long NODE = 64L << 20;

    private final UnclaimedMemory unclaimed = new UnclaimedMemory(NODE);

    @Test
    void aLookThatTakesLongIsRare() {
        assertThat(isLookDueAt(0)).isTrue();
        unclaimed.looked(false, TimeUnit.MILLISECONDS.toNanos(1000));

        assertThat(isLookDueAt(99)).isFalse();
        assertThat(isLookDueAt(100)).isTrue();
    }

    @Test
    void alsoWhereItFoundSomething() {
        assertThat(isLookDueAt(0)).isTrue();
        unclaimed.looked(true, TimeUnit.MILLISECONDS.toNanos(300));

        assertThat(isLookDueAt(29)).isFalse();
        assertThat(isLookDueAt(30)).isTrue();
    }

    @Test
    void aLookInWhichTheJvmStoodStillForAnHourIsNotRarerThanThat() {
        assertThat(isLookDueAt(0)).isTrue();
        unclaimed.looked(true, TimeUnit.HOURS.toNanos(1));

        assertThat(isLookDueAt(600)).isTrue();
    }

    /** Otherwise the tenth failure in a year would have the eleventh wait for ten minutes. */
    @Test
    void afterALookThatGoesWellTheNextFailureIsTheFirst() {
        int second = 0;
        for (int failures = 0; failures < 9; failures++) {
            assertThat(isLookDueAt(second)).isTrue();
            unclaimed.failed(new OutOfMemoryError("a test"));
            unclaimed.looked(false, 0);
            second += 1000;
        }
        assertThat(isLookDueAt(second)).isTrue();
        unclaimed.looked(false, 0);

        assertThat(isLookDueAt(second + 1000)).isTrue();
        unclaimed.failed(new OutOfMemoryError("a test"));
        unclaimed.looked(false, 0);
        assertThat(isLookDueAt(second + 1060)).isTrue();
    }

    /** New memory has appeared each time. */
    private boolean isLookDueAt(int second) {
        long start = 0x1000_0000L + second * 0x1_0000_0000L;
        Mapping mapping = new Mapping(start, start + NODE, true, true, false, false, 0, 0, "", Backing.NONE);
        return unclaimed.isLookDue(
                new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(List.of(mapping)),
                TimeUnit.SECONDS.toNanos(second));
    }
}
