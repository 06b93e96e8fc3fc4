// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TimeLimitTest {

    private final TimeLimit limit = new TimeLimit();

    @Test
    void leavesWhatDoesNotAnswerAndGoesOn() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> limit.within(50, "process 7", () -> {
                    while (never.getCount() > 0) {
                        Thread.onSpinWait(); // as deaf to interrupts as a read in the kernel
                    }
                    return 1;
                }))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("process 7 does not let itself be looked at");
        assertThat(limit.within(10_000, "process 8", () -> 2)).isEqualTo(2);
        never.countDown();
    }

    @Test
    void makesAnErrorOfOneProcessAnErrorOfItsRow() {
        assertThatThrownBy(() -> limit.within(10_000, "process 7", () -> {
                    throw new OutOfMemoryError("Java heap space");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Java heap space");
        assertThatThrownBy(() -> limit.within(10_000, "process 7", () -> {
                    throw new CommandException("no");
                }))
                .isInstanceOf(CommandException.class);
    }
}
