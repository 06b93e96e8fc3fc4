// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionParser;
import io.memlock.os.ThreadCpuTime;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacedChangesTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final PacedChanges changes = new PacedChanges(lock, process, new ThreadCpuTime(kernel));

    private long usedNanos;
    private long costNanos;

    @BeforeEach
    void startJvm() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse("mode=none"));
        kernel.cpuNanos = () -> usedNanos += costNanos;
    }

    @AfterEach
    void takeBackTheInterrupt() {
        Thread.interrupted();
    }

    private void assertWaits(String options) throws Exception {
        AgentOptions wanted = OptionParser.parse(options);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> changes.change(wanted))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing has been changed");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lock.follows(wanted)).isFalse();
    }

    @Test
    void changesWithoutEndTakeATenthOfACpu() throws Exception {
        costNanos = SECOND / 5;
        int atOnce = 6;
        for (int i = 0; i < atOnce; i++) {
            changes.change(OptionParser.parse("mode=heap"));
        }

        assertWaits("mode=heap+code");
        process.passedNanos += SECOND;
        assertWaits("mode=heap+code");
        process.passedNanos += SECOND;
        changes.change(OptionParser.parse("mode=heap+code"));
    }

    /** It may be an operator's second try. */
    @Test
    void theChangeAfterADearOneWaitsForTenSecondsAtMost() throws Exception {
        costNanos = 100 * SECOND;
        changes.change(OptionParser.parse("mode=heap"));
        changes.change(OptionParser.parse("mode=heap"));

        assertWaits("mode=heap+code");
        process.passedNanos += 10 * SECOND;
        changes.change(OptionParser.parse("mode=heap+code"));
    }
}
