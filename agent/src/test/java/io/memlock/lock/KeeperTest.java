// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.log.Log;
import io.memlock.options.LogLevel;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionsInForce;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeeperTest {

    private static final int LOOKS = 3;

    @Test
    void goesOnAfterAnErrorTheApplicationSurvives() throws Exception {
        var options = OptionParser.parse("mode=none");
        MemoryLock lock = new MemoryLock(new FakeProcess(new FakeKernel()));
        lock.start(options);
        Keeper keeper = new Keeper(
                lock, null, new Log(System.err, LogLevel.QUIET), (from, to) -> {}, new OptionsInForce(options));
        CountDownLatch looks = new CountDownLatch(LOOKS);
        Thread thread = new Thread(() -> keep(keeper, looks), "keeper");
        thread.setDaemon(true);
        thread.start();

        boolean looked = looks.await(1, TimeUnit.MINUTES);
        thread.interrupt();

        assertThat(looked).as("it looked %s times", LOOKS).isTrue();
    }

    private static void keep(Keeper keeper, CountDownLatch looks) {
        try {
            keeper.run(() -> {
                looks.countDown();
                throw new OutOfMemoryError("thrown by the test");
            });
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
