// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.bootstrap.StandardError;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class KeeperStartTest {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread attach = new Thread(this::awaitEnd);
    private final Kept kept = new Kept();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final KeeperStart start = new KeeperStart(kept, attach, true, new StandardError(new PrintStream(printed)));

    private void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As in a full heap, where the attach itself has failed to start the keeper. */
    @Test
    void triesAfterAnAttachUntilTheKeeperRuns() throws Exception {
        kept.failures = 2;
        kept.takesLong = true;
        attach.start();
        Thread starting = new Thread(start);
        starting.start();
        while (starting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(kept.asked).as("while the attach goes on").isZero();

        kept.hasStarted = true;
        ended.countDown();
        starting.join();

        assertThat(kept.asked).isEqualTo(3);
        assertThat(kept.hasLookedAtPrefault).isTrue();
        assertThat(printed.size()).isZero();
    }

    @Test
    void startsNothingAfterAnAttachThatLockedNothing() {
        start.run();

        assertThat(kept.asked).isZero();
    }

    private static final class Kept implements KeeperStart.Kept {

        private boolean hasStarted;
        private boolean takesLong;
        private int failures;
        private int asked;
        private boolean hasLookedAtPrefault;

        @Override
        public boolean hasStarted() {
            return hasStarted;
        }

        @Override
        public boolean hasMetaspaceRoom() {
            return true;
        }

        @Override
        public boolean takesLongToScanBesideMain() {
            return takesLong;
        }

        @Override
        public Background background() {
            if (asked++ < failures) {
                throw new OutOfMemoryError("thrown by the test");
            }
            FakeKernel kernel = new FakeKernel();
            FakeProcess process = new FakeProcess(kernel);
            Log log = new Log(System.err, LogLevel.QUIET);
            return new Background(
                    process.newLock(),
                    process,
                    kernel,
                    log,
                    (from, to) -> {},
                    process.options,
                    () -> Growth.NONE,
                    List.of());
        }

        @Override
        public void lookAtPrefault() {
            hasLookedAtPrefault = true;
        }
    }
}
