// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LastingThreadTest {

    private static final long LONGEST_SECONDS = 60;

    private final BlockingQueue<Thread> lives = new LinkedBlockingQueue<>();

    private final AtomicBoolean isFirstLife = new AtomicBoolean(true);

    private Thread nextLife() throws InterruptedException {
        return lives.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void restartsOnTheSameThreadAfterAnError() throws Exception {
        LastingThread thread = new LastingThread("lasting", () -> {
            boolean isFirst = isFirstLife.getAndSet(false);
            lives.add(Thread.currentThread());
            if (isFirst) {
                throw new OutOfMemoryError("as in a full heap");
            }
            LockSupport.park();
        });

        assertThat(thread.revive()).isTrue();

        Thread first = nextLife();
        assertThat(first).isNotNull();
        assertThat(nextLife()).isSameAs(first);
        assertThat(first.isAlive()).isTrue();
    }
}
