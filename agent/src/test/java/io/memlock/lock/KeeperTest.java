// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.Region;
import io.memlock.log.Log;
import io.memlock.options.LogLevel;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionsInForce;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KeeperTest {

    private static final int LOOKS = 3;
    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;

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

    /** The interval is an hour, and nothing has grown: only the collection makes it look. */
    @Test
    void looksAfterACollectionUnderRescan() throws Exception {
        FakeKernel kernel = new FakeKernel();
        kernel.commit(Region.HEAP, HEAP, MIB);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        AtomicReference<Runnable> collection = new AtomicReference<>();
        CountDownLatch listens = new CountDownLatch(LOOKS);
        Keeper keeper = keeper(kernel, afterCollection -> {
            collection.set(afterCollection);
            return () -> false;
        });
        Thread thread = started(keeper, listens::countDown);
        try {
            assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
            kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);

            collection.get().run();

            assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void looksAfterGrowthUnderRescan() throws Exception {
        FakeKernel kernel = new FakeKernel();
        kernel.commit(Region.HEAP, HEAP, MIB);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        AtomicBoolean hasGrown = new AtomicBoolean();
        CountDownLatch listens = new CountDownLatch(LOOKS);
        Keeper keeper = keeper(kernel, afterCollection -> () -> hasGrown.getAndSet(false));
        Thread thread = started(keeper, listens::countDown);
        try {
            assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
            kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);

            hasGrown.set(true);

            assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    private static Keeper keeper(FakeKernel kernel, Keeper.GrowthSource growth) throws Exception {
        var options = OptionParser.parse("mode=heap,strategy=rescan,interval=1h");
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));
        lock.start(options);
        return new Keeper(
                lock, null, new Log(System.err, LogLevel.QUIET), (from, to) -> {}, new OptionsInForce(options), growth);
    }

    private static Thread started(Keeper keeper, Runnable look) {
        Thread thread = new Thread(() -> run(keeper, look), "keeper");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void run(Keeper keeper, Runnable look) {
        try {
            keeper.run(look);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private static void keep(Keeper keeper, CountDownLatch looks) {
        run(keeper, () -> {
            looks.countDown();
            throw new OutOfMemoryError("thrown by the test");
        });
    }
}
