// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.ThreadTime;
import io.memlock.log.Log;
import io.memlock.options.AgentOptions;
import io.memlock.options.LogLevel;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionsInForce;
import io.memlock.os.Linux;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KeeperTest {

    private static final int LOOKS = 3;
    private static final String RARELY = "mode=heap,strategy=rescan,interval=1h";
    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;

    /** So much CPU time a look takes: three use up what periodic passes may take at once. */
    private static final long DEAR_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int MOST_DEAR_LOOKS = 6;

    private final FakeKernel kernel = new FakeKernel();

    @Test
    void goesOnAfterAnErrorTheApplicationSurvives() throws Exception {
        CountDownLatch looks = new CountDownLatch(LOOKS);
        Thread thread = started(keeper("mode=none", afterCollection -> () -> false), () -> {
            looks.countDown();
            throw new OutOfMemoryError("thrown by the test");
        });

        boolean looked = looks.await(1, TimeUnit.MINUTES);
        thread.interrupt();

        assertThat(looked).as("it looked %s times", LOOKS).isTrue();
    }

    /** Nothing has grown: only the collection makes it look. */
    @Test
    void looksAfterACollectionUnderRescan() throws Exception {
        AtomicReference<Runnable> collection = new AtomicReference<>();
        assertLocksWhatCame(
                afterCollection -> {
                    collection.set(afterCollection);
                    return () -> false;
                },
                () -> collection.get().run());
    }

    @Test
    void looksAfterGrowthUnderRescan() throws Exception {
        AtomicBoolean hasGrown = new AtomicBoolean();
        assertLocksWhatCame(afterCollection -> () -> hasGrown.getAndSet(false), () -> hasGrown.set(true));
    }

    /** The interval is an hour. */
    private void assertLocksWhatCame(Keeper.GrowthSource growth, Runnable signal) throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        CountDownLatch listens = new CountDownLatch(LOOKS);
        Thread thread = started(keeper(RARELY, growth), listens::countDown);
        try {
            assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
            kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);

            signal.run();

            assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            end(thread);
        }
    }

    /** A busy JVM collects all the time. */
    @Test
    void collectionsThatChangeNothingCostWhatPeriodicPassesMay() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        AtomicReference<Runnable> collection = new AtomicReference<>(() -> {});
        Keeper keeper = keeper(RARELY, afterCollection -> {
            collection.set(afterCollection);
            return () -> false;
        });
        int before = kernel.looks;
        kernel.afterRefresh = this::takeTime;
        Thread thread = started(keeper, () -> {});
        try {
            for (int i = 0; i < 200; i++) {
                collection.get().run();
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } finally {
            end(thread);
        }

        assertThat(kernel.looks - before).isBetween(1, MOST_DEAR_LOOKS);
    }

    /** Though the interval is an hour: what ZGC maps is not held before. */
    @Test
    void populatesTheViewOfZgcsHeap() throws Exception {
        kernel.mapHeapFile(4L << 40, HeapView.GRANULE_BYTES, 0);
        RecordingLibC viewing = new RecordingLibC(kernel);
        var options = OptionParser.parse("mode=all,interval=1h");
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel, viewing));
        lock.start(options);
        Thread thread = started(keeper(lock, options, afterCollection -> () -> false), () -> {});
        try {
            for (int i = 0; i < 600 && lock.viewedHeap().bytes() == 0; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } finally {
            end(thread);
        }

        assertThat(lock.viewedHeap().bytes()).isEqualTo(HeapView.GRANULE_BYTES);
        assertThat(viewing.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(HeapView.GRANULE_BYTES);
    }

    private void takeTime() {
        kernel.afterRefresh = this::takeTime;
        ThreadTime cpu = new ThreadTime();
        long start = cpu.nanos();
        while (cpu.nanos() - start < DEAR_LOOK_NANOS) {
            Thread.onSpinWait();
        }
    }

    private Keeper keeper(String text, Keeper.GrowthSource growth) throws Exception {
        var options = OptionParser.parse(text);
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));
        lock.start(options);
        return keeper(lock, options, growth);
    }

    private static Keeper keeper(MemoryLock lock, AgentOptions options, Keeper.GrowthSource growth) {
        return new Keeper(
                lock, null, new Log(System.err, LogLevel.QUIET), (from, to) -> {}, new OptionsInForce(options), growth);
    }

    private static Thread started(Keeper keeper, Runnable look) {
        Thread thread = new Thread(() -> run(keeper, look), "keeper");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void end(Thread thread) throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    private static void run(Keeper keeper, Runnable look) {
        try {
            keeper.run(look);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
