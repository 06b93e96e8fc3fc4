// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadStartTest {

    private int attempts;
    private String problem =
            "unable to create native thread: possibly out of memory or process/resource limits reached";

    private final ThreadStart start = new ThreadStart() {
        @Override
        protected void start() {
            attempts++;
            throw new OutOfMemoryError(problem);
        }
    };

    @Test
    void triesAgainAfterEverLongerPauses() {
        failsAfter(0);
        start.run(TimeUnit.MILLISECONDS.toNanos(900));
        assertThat(attempts).isOne();
        failsAfter(1);
        start.run(TimeUnit.SECONDS.toNanos(2));
        assertThat(attempts).isEqualTo(2);
        failsAfter(3);
        assertThat(attempts).isEqualTo(3);
    }

    /** Somebody has to keep the promise as soon as there is room. */
    @Test
    void triesAgainAtOnceInAFullHeap() {
        problem = "Java heap space";

        failsAfter(0);
        failsAfter(0);

        assertThat(attempts).isEqualTo(2);
    }

    private void failsAfter(long seconds) {
        assertThatThrownBy(() -> start.run(TimeUnit.SECONDS.toNanos(seconds))).isInstanceOf(OutOfMemoryError.class);
    }
}
