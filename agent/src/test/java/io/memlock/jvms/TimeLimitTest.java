// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.tools.attach.AttachNotSupportedException;
import io.memlock.hotspot.JvmFlags;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TimeLimitTest {

    @Test
    void leavesWhatDoesNotAnswerAndGoesOn() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> TimeLimit.within(50, "process 7", () -> {
                    while (never.getCount() > 0) {
                        Thread.onSpinWait(); // as deaf to interrupts as a read in the kernel
                    }
                    return 1;
                }))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("process 7 does not let its memory be read");
        assertThat(TimeLimit.within(10_000, "process 8", () -> 2)).isEqualTo(2);
        never.countDown();
    }

    @Test
    void isNotTakenForAnAgentByACommandThatRunsBesideThisOne() throws Exception {
        String thread = TimeLimit.within(
                10_000, "process 7", () -> Thread.currentThread().getName());

        assertThat(thread).doesNotStartWith(Jvms.AGENT_THREAD);
    }

    @Test
    void makesAnErrorOfOneProcessAnErrorOfItsRow() {
        assertThatThrownBy(() -> TimeLimit.within(10_000, "process 7", () -> {
                    throw new OutOfMemoryError("Java heap space");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Java heap space");
        assertThatThrownBy(() -> TimeLimit.within(10_000, "process 7", () -> {
                    throw new CommandException("no");
                }))
                .isInstanceOf(CommandException.class);
    }

    @Test
    void namesTheJvmOnce() {
        Jvm jvm = new Jvm(7, 0, new JavaCommand("Main", new JvmFlags(List.of())), false, 1);

        assertThatThrownBy(() -> TimeLimit.walk(jvm, () -> {
                    throw new IOException("/proc/7/smaps (No such process)");
                }))
                .isInstanceOf(CommandException.class)
                .hasMessage("JVM 7 (Main) cannot be looked at: /proc/7/smaps (No such process)");
        assertThatThrownBy(() -> TimeLimit.glance(jvm, () -> {
                    throw new TimeoutException("no answer within 2 s");
                }))
                .isInstanceOf(CommandException.class)
                .hasMessage("JVM 7 (Main) does not let its memory be read: no answer within 2 s");
        assertThatThrownBy(() -> TimeLimit.walk(jvm, () -> {
                    throw new CommandException("JVM 7 (Main) ended just now");
                }))
                .hasMessage("JVM 7 (Main) ended just now");
    }

    @Test
    void tellsWhatIsThrownFromWhatTakesTooLong() {
        CountDownLatch never = new CountDownLatch(1);

        assertThatThrownBy(() -> TimeLimit.within(0, () -> {
                    never.await();
                    return null;
                }))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("no answer");
        assertThatThrownBy(() -> TimeLimit.within(60_000, () -> {
                    throw new AttachNotSupportedException("no");
                }))
                .isInstanceOf(AttachNotSupportedException.class);
        assertThatThrownBy(() -> TimeLimit.within(60_000, () -> {
                    throw new OutOfMemoryError("too long an answer");
                }))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("too long an answer");
    }
}
