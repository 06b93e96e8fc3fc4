// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {

    private final List<Long> pauses = new ArrayList<>();
    private long now = 1000;
    private final Pacer pacer = new Pacer(this::pause, () -> now);

    @Test
    void restsOnceTheWorkHasTakenAsLongAsARest() {
        now += ChunkedCalls.PAUSE_NANOS - 1;
        pacer.rest();
        assertThat(pauses).isEmpty();

        now++;
        pacer.rest();
        assertThat(pauses).containsExactly(ChunkedCalls.PAUSE_NANOS);
    }

    @Test
    void theRestItselfIsNoWork() {
        now += ChunkedCalls.PAUSE_NANOS;
        pacer.rest();

        now += ChunkedCalls.PAUSE_NANOS - 1;
        pacer.rest();

        assertThat(pauses).hasSize(1);
    }

    private void pause(long nanos) {
        pauses.add(nanos);
        now += 2 * nanos; // the kernel rounds up
    }
}
