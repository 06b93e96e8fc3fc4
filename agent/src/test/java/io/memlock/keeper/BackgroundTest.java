// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BackgroundTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final Log log = new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.INFO);
    private final Semaphore published = new Semaphore(0);

    /** Otherwise {@code check} would call the lock unknown though the keeper verifies it all the time. */
    @Test
    void aStateIsPublishedAnewWhileAScanTakesLong() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        MemoryLock lock = process.newLock();
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        StateListener listener = new StateListener() {
            @Override
            public void stateChanged(LockState from, LockState to) {}

            @Override
            public void lockChanged() {
                published.release();
            }
        };
        Background background =
                new Background(lock, process, kernel, log, listener, process.options, () -> Growth.NONE, List.of());
        background.control().refresh();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        process.onScan = () -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };

        process.passedNanos = TimeUnit.HOURS.toNanos(1); // so that the reporter scans
        background.start();
        begun.await();

        assertThat(published.tryAcquire(2, 30, TimeUnit.SECONDS)).isTrue();
        process.onScan = () -> {};
        end.countDown();
    }
}
