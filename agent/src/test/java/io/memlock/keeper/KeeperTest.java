// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.fake.RecordingLibC;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.os.ThreadCpuTime;
import io.memlock.zgc.ZgcMirror;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeeperTest {

    private static final int LOOKS = 3;
    private static final String RARELY = "mode=heap,strategy=rescan,interval=1h";
    private static final String OFTEN = "mode=heap,strategy=rescan,interval=100ms";
    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long FILE = 0x4000_0000L;

    /** So much CPU time a look takes: three use up what periodic passes may take at once. */
    private static final long DEAR_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** More than is earned again in a test. */
    private static final long DEAREST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int MOST_DEAR_LOOKS = 6;
    private static final long CODE = 0x7f00_0000_0000L;

    private final FakeKernel kernel = new FakeKernel();

    /** Its lives in this test, which end with it. */
    private final List<Keeper> keepers = new ArrayList<>();

    @AfterEach
    void end() {
        keepers.forEach(Keeper::end);
    }

    @Test
    void goesOnAfterAnErrorTheApplicationSurvives() throws Exception {
        CountDownLatch looks = new CountDownLatch(LOOKS);
        started(keeper("mode=none", () -> Growth.NONE), () -> {
            looks.countDown();
            throw new OutOfMemoryError("thrown by the test");
        });

        assertThat(looks.await(1, TimeUnit.MINUTES))
                .as("it looked %s times", LOOKS)
                .isTrue();
    }

    /** Nothing has grown: only the collection makes it look. */
    @Test
    void looksAfterACollectionUnderRescan() throws Exception {
        assertLocksWhatCame(Growth.POSSIBLE);
    }

    @Test
    void looksAfterGrowthUnderRescan() throws Exception {
        assertLocksWhatCame(Growth.CERTAIN);
    }

    /** The interval is an hour, and no signal of growth comes before the next collection. */
    @Test
    void locksWhatTheHeapHasGrownByBetweenTwoPasses() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        kernel.reserve(Region.HEAP, HEAP + MIB, 8 * MIB);
        FakeProcess process = new FakeProcess(kernel);
        process.heapBytes = MIB;
        CountDownLatch listens = new CountDownLatch(LOOKS);
        started(keeper(process, process.newLock(), RARELY, () -> Growth.NONE), listens::countDown);
        assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP, locked::countDown);
        kernel.commit(Region.HEAP, HEAP + MIB, MIB);

        process.heapBytes = 2 * MIB;

        assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(kernel.isLocked(HEAP + MIB)).isTrue();
    }

    /** The interval is an hour. */
    private void assertLocksWhatCame(Growth growth) throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        AtomicReference<Growth> next = new AtomicReference<>(Growth.NONE);
        CountDownLatch listens = new CountDownLatch(LOOKS);
        started(keeper(RARELY, () -> next.getAndSet(Growth.NONE)), listens::countDown);
        assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
        kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);

        next.set(growth);

        assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** An application that interrupts all threads there are. */
    @Test
    void goesOnWhenInterrupted() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        CountDownLatch looks = new CountDownLatch(LOOKS);
        Thread thread =
                started(keeper("mode=heap,strategy=rescan,interval=100ms", () -> Growth.NONE), looks::countDown);
        thread.interrupt();
        assertThat(looks.await(1, TimeUnit.MINUTES)).isTrue();
        thread.interrupt();

        kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);

        assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** While it is pending no pause lasts, and the thread would use a CPU of its own. */
    @Test
    void restsAsBeforeAfterAnInterrupt() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        AtomicInteger growthLooks = new AtomicInteger();
        CountDownLatch looks = new CountDownLatch(LOOKS);
        Growth.Source growth = () -> {
            growthLooks.incrementAndGet();
            return Growth.NONE;
        };
        Thread thread = started(keeper(RARELY, growth), looks::countDown);
        assertThat(looks.await(1, TimeUnit.MINUTES)).isTrue();

        assertRestsAfterInterrupts(thread, growthLooks);
    }

    @Test
    void waitsAsBeforeForRoomInTheHeapAfterAnInterrupt() throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        process.hasHeapRoom = false;
        kernel.commit(Region.HEAP, HEAP, MIB);
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch waits = new CountDownLatch(LOOKS);
        Thread thread = started(keeper(process, process.newLock(), RARELY, () -> Growth.NONE), () -> {
            looks.incrementAndGet();
            waits.countDown();
        });
        assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();

        assertRestsAfterInterrupts(thread, looks);
    }

    @Test
    void loadsNothingWhileMetaspaceIsFull() throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        process.hasMetaspaceRoom = false;
        kernel.commit(Region.HEAP, HEAP, MIB);
        MemoryLock lock = process.newLock();
        CountDownLatch waits = new CountDownLatch(LOOKS);
        Keeper keeper = keeper(process, lock, "mode=heap,strategy=rescan,interval=100ms", () -> Growth.CERTAIN);
        kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);
        started(keeper, waits::countDown);

        assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();
        TimeUnit.MILLISECONDS.sleep(500);

        assertThat(kernel.isLocked(HEAP + 8 * MIB)).isFalse();
    }

    /** Between two looks it rests for a while that is known, however slow the machine. */
    private static void assertRestsAfterInterrupts(Thread thread, AtomicInteger looks) throws Exception {
        long begin = System.nanoTime();
        int before = looks.get();
        for (int interrupt = 0; interrupt < 4; interrupt++) {
            thread.interrupt();
            TimeUnit.MILLISECONDS.sleep(250);
        }
        int after = looks.get();
        long rests = (System.nanoTime() - begin) / Growth.SOONEST_LOOK_NANOS;

        assertThat(after - before).as("looks").isLessThanOrEqualTo(2 * (int) rests);
    }

    /** As where no descriptor is left for maps: the heap has grown all the same, and the interval is an hour. */
    @Test
    void looksAgainAfterALookForGrowthThatFailed() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        CountDownLatch locked = new CountDownLatch(1);
        kernel.afterLock.put(HEAP + 8 * MIB, locked::countDown);
        MemoryLock lock = process.newLock();
        AtomicInteger looksAtStart = new AtomicInteger();
        AtomicInteger growths = new AtomicInteger();
        Growth.Source growth = () -> {
            process.mapsFailure = null;
            boolean hasPassed = kernel.looks > looksAtStart.get();
            if (!hasPassed || growths.getAndIncrement() > 0) {
                return Growth.NONE;
            }
            kernel.commit(Region.HEAP, HEAP + 8 * MIB, MIB);
            process.mapsFailure = new IOException("EMFILE");
            return Growth.CERTAIN;
        };
        Keeper keeper = keeper(process, lock, RARELY, growth);
        looksAtStart.set(kernel.looks);
        started(keeper, () -> {});

        assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** At the limit on threads, where each listener takes one. */
    @Test
    void aChangeThatNoListenerCanBeToldOfLosesNoNotice() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = process.newLock();
        lock.start(OptionParser.parse("mode=all,interval=100ms"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Log log = new Log(new PrintStream(printed, true, UTF_8), LogLevel.INFO);
        CountDownLatch told = new CountDownLatch(1);
        StateAnnouncer announcer = new StateAnnouncer(lock, process, log, (from, to) -> {
            told.countDown();
            throw new OutOfMemoryError("thrown by the test");
        });
        Keeper keeper = new Keeper(
                lock, process, log, announcer, process.options, () -> Growth.NONE, new ThreadCpuTime(kernel));
        keepers.add(keeper);
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 64 << 10;
        CountDownLatch isTold = new CountDownLatch(1);

        started(keeper, () -> {
            if (told.getCount() == 0 && printed.toString(UTF_8).contains("CAP_IPC_LOCK was dropped")) {
                isTold.countDown();
            }
        });

        assertThat(isTold.await(1, TimeUnit.MINUTES)).as("its notices are told").isTrue();
    }

    /** Otherwise the state of a lock that lasts would be unknown for most of the time. */
    @Test
    void whatIsLockedCountsAsKnownForAsLongAsTheNextPassMayWait() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = process.newLock();
        Keeper keeper = keeper(process, lock, "mode=all,strategy=future,interval=100ms", () -> Growth.NONE);
        kernel.afterRefresh = this::takeTime;
        CountDownLatch isGoodForLong = new CountDownLatch(1);
        started(keeper, () -> {
            if (lock.goodUntilNanos() - System.nanoTime() > TimeUnit.SECONDS.toNanos(10)) {
                isGoodForLong.countDown();
            }
        });

        assertThat(isGoodForLong.await(1, TimeUnit.MINUTES))
                .as("100 intervals, since its passes are dear")
                .isTrue();
    }

    /** The pass after the change waits by the new interval. */
    @Test
    void aLongerIntervalCountsBeforeTheFirstPassThatWaitsForIt() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = process.newLock();
        Keeper keeper = keeper(process, lock, "mode=all,strategy=future,interval=100ms", () -> Growth.NONE);
        int before = kernel.looks;
        CountDownLatch hasPassed = new CountDownLatch(1);
        CountDownLatch isGoodForLong = new CountDownLatch(1);
        started(keeper, () -> {
            if (kernel.looks > before) {
                hasPassed.countDown();
            }
            if (lock.goodUntilNanos() - System.nanoTime() > TimeUnit.HOURS.toNanos(2)) {
                isGoodForLong.countDown();
            }
        });
        assertThat(hasPassed.await(1, TimeUnit.MINUTES)).isTrue();

        lock.change(OptionParser.parse("mode=all,strategy=future,interval=1h"));

        assertThat(isGoodForLong.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A busy JVM collects all the time. */
    @Test
    void collectionsThatChangeNothingCostNoMoreThanPeriodicPasses() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        Keeper keeper = keeper(RARELY, () -> Growth.POSSIBLE);
        int before = kernel.looks;
        kernel.afterRefresh = this::takeTime;
        started(keeper, () -> {});

        TimeUnit.SECONDS.sleep(4);

        assertThat(kernel.looks - before).isBetween(1, MOST_DEAR_LOOKS);
    }

    /** For as long as a call fails that may do the next time, the promise is not kept, and that comes before the cost. */
    @Test
    void triesAgainEachIntervalWhatHasFailed() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        kernel.commit(Region.CODE, CODE, MIB);
        Keeper keeper = keeper("mode=heap,strategy=future,interval=100ms", () -> Growth.NONE);
        kernel.filter.put("munlock", Errno.EAGAIN);
        int before = kernel.looks;
        kernel.afterRefresh = this::takeTime;
        started(keeper, () -> {});

        for (int i = 0; i < 600 && kernel.looks - before < 3 * MOST_DEAR_LOOKS; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }

        assertThat(kernel.looks - before).as("within a minute").isGreaterThanOrEqualTo(3 * MOST_DEAR_LOOKS);
    }

    /** Reading back is dear, and what it costs must not keep the passes from looking what is locked. */
    @Test
    void readsBackPartAfterPartAtAnExpenseOfItsOwn() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        process.isPrivateInSwap = true;
        process.partsInSwap = 2 * MOST_DEAR_LOOKS;
        CountDownLatch parts = new CountDownLatch(2 * MOST_DEAR_LOOKS);
        process.whileReadingBack = () -> {
            spin();
            parts.countDown();
        };
        Keeper keeper = keeper(process, process.newLock(), RARELY, () -> Growth.NONE);
        kernel.munlockall();
        started(keeper, () -> {});

        assertThat(parts.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** As long as the CPU time of that is not earned again, passes go on without it. */
    @Test
    void readsBackNoMoreThanItsShareOfACpuAllows() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        FakeProcess process = new FakeProcess(kernel);
        process.isPrivateInSwap = true;
        process.partsInSwap = Integer.MAX_VALUE;
        AtomicLong cpuNanos = new AtomicLong();
        AtomicInteger parts = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        process.whileReadingBack = () -> {
            parts.incrementAndGet();
            cpuNanos.addAndGet(DEAREST_NANOS);
            first.countDown();
        };
        Keeper keeper = keeper(process, process.newLock(), OFTEN, () -> Growth.NONE);
        kernel.cpuNanos = cpuNanos::get;
        kernel.munlockall();
        started(keeper, () -> {});
        assertThat(first.await(1, TimeUnit.MINUTES)).isTrue();

        awaitLooks(2 * LOOKS);

        assertThat(parts.get()).isEqualTo(1);
    }

    private void awaitLooks(int looks) throws InterruptedException {
        int before = kernel.looks;
        for (int i = 0; i < 600 && kernel.looks - before < looks; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(kernel.looks - before).as("looks within a minute").isGreaterThanOrEqualTo(looks);
    }

    @Test
    void mirrorsNoMoreThanItsShareOfACpuAllows() throws Exception {
        kernel.mapHeapFile(4L << 40, ZgcMirror.GRANULE_BYTES, 0);
        RecordingLibC viewing = new RecordingLibC(kernel);
        FakeProcess process = new FakeProcess(kernel, viewing);
        MemoryLock lock = process.newLock();
        CountDownLatch isMirrored = new CountDownLatch(1);
        Keeper keeper = keeper(process, lock, "mode=all,interval=100ms", () -> Growth.NONE);
        kernel.cpuNanos = () -> viewing.populatedBytes(Linux.MADV_POPULATE_READ) == 0 ? 0 : DEAREST_NANOS;
        started(keeper, () -> {
            if (viewing.populatedBytes(Linux.MADV_POPULATE_READ) > 0 && isMirrored.getCount() > 0) {
                kernel.mapHeapFile(
                        (4L << 40) + ZgcMirror.GRANULE_BYTES, ZgcMirror.GRANULE_BYTES, ZgcMirror.GRANULE_BYTES);
                isMirrored.countDown();
            }
        });
        assertThat(isMirrored.await(1, TimeUnit.MINUTES)).isTrue();

        awaitLooks(2 * LOOKS);

        assertThat(viewing.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(ZgcMirror.GRANULE_BYTES);
    }

    /** What keeps the JVM from being killed comes at once, and is at no expense of what keeps it locked. */
    @Test
    void anUrgentPassPutsOffNoOther() throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        process.hasHeapRoom = false; // as long as that is so, no other comes
        process.freeBytes = 64 * MIB;
        kernel.commit(Region.HEAP, HEAP, MIB);
        Keeper keeper =
                keeper(process, process.newLock(), "mode=all,strategy=future,interval=100ms", () -> Growth.NONE);
        AtomicLong cpuNanos = new AtomicLong();
        kernel.cpuNanos = cpuNanos::get;
        kernel.mapFile(FILE, 32 * MIB, "/data/index");
        CountDownLatch unlocked = new CountDownLatch(1);
        kernel.afterUnlock.put(FILE, () -> {
            cpuNanos.addAndGet(DEAREST_NANOS);
            process.hasHeapRoom = true;
            unlocked.countDown();
        });
        started(keeper, () -> {});
        assertThat(unlocked.await(1, TimeUnit.MINUTES)).isTrue();

        awaitLooks(2 * LOOKS);
    }

    @Test
    void growthIsLookedAtOnce() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        AtomicReference<Growth> next = new AtomicReference<>(Growth.CERTAIN);
        CountDownLatch listens = new CountDownLatch(10 * LOOKS);
        Growth.Source growth = () -> {
            listens.countDown();
            return next.getAndSet(Growth.NONE);
        };
        Keeper keeper = keeper(RARELY, growth);
        kernel.cpuNanos = () -> 0; // nothing else keeps it from looking again and again
        int before = kernel.looks;
        started(keeper, () -> {});

        assertThat(listens.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(kernel.looks - before).isBetween(1, MOST_DEAR_LOOKS);
    }

    @Test
    void leavesAStartingJvmAlone() throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        Keeper keeper = keeper(OFTEN, () -> Growth.NONE);
        AtomicLong firstLook = new AtomicLong();
        CountDownLatch looks = new CountDownLatch(1);
        kernel.afterRefresh = () -> {
            firstLook.set(System.nanoTime());
            looks.countDown();
        };
        long begin = System.nanoTime();
        started(keeper, () -> {});

        assertThat(looks.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(firstLook.get() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    }

    /** Though the interval is an hour: what ZGC maps is not held before. */
    @Test
    void populatesTheMirrorOfZgcsHeap() throws Exception {
        kernel.mapHeapFile(4L << 40, ZgcMirror.GRANULE_BYTES, 0);
        RecordingLibC viewing = new RecordingLibC(kernel);
        FakeProcess process = new FakeProcess(kernel, viewing);
        MemoryLock lock = process.newLock();
        started(keeper(process, lock, "mode=all,interval=1h", () -> Growth.NONE), () -> {});
        for (int i = 0; i < 600 && lock.zgcMirror().bytes() == 0; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }

        assertThat(lock.zgcMirror().bytes()).isEqualTo(ZgcMirror.GRANULE_BYTES);
        assertThat(viewing.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(ZgcMirror.GRANULE_BYTES);
    }

    /** What is not mirrored when ZGC unmaps it can be swapped out. */
    @Test
    void mirrorsWhatZgcMapsLaterThoughTheIntervalIsAnHour() throws Exception {
        kernel.mapHeapFile(4L << 40, ZgcMirror.GRANULE_BYTES, 0);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = process.newLock();
        CountDownLatch isAllMirrored = new CountDownLatch(1);
        started(keeper(process, lock, "mode=all,interval=1h", () -> Growth.NONE), () -> {
            if (lock.zgcMirror().bytes() == ZgcMirror.GRANULE_BYTES) {
                kernel.mapHeapFile(
                        (4L << 40) + ZgcMirror.GRANULE_BYTES, ZgcMirror.GRANULE_BYTES, ZgcMirror.GRANULE_BYTES);
            } else if (lock.zgcMirror().bytes() == 2 * ZgcMirror.GRANULE_BYTES) {
                isAllMirrored.countDown();
            }
        });

        assertThat(isAllMirrored.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** A file may come right after a look: the rest is a second long, and the room lasts for a few milliseconds. */
    @Test
    void watchesTheRoomWhileItRests() throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        process.freeBytes = 64 * MIB;
        kernel.commit(Region.HEAP, HEAP, MIB);
        Keeper keeper = keeper(process, process.newLock(), "mode=all,strategy=future,interval=1h", () -> Growth.NONE);
        AtomicInteger looks = new AtomicInteger();
        process.onLocked = looks::incrementAndGet;
        CountDownLatch rests = new CountDownLatch(1 + LOOKS);
        started(keeper, rests::countDown);

        assertThat(rests.await(1, TimeUnit.MINUTES)).isTrue();

        assertThat(looks.get()).as("in %s rests", LOOKS).isGreaterThan(5 * LOOKS);
    }

    /** A file that is read fills a container faster than a first pass comes. */
    @Test
    void unlocksAtOnceWhatCouldFillTheRoomEvenWhenTheHeapIsFull() throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        process.hasHeapRoom = false;

        assertUnlocksFileAtOnce(process, () -> {});
    }

    @Test
    void aFailedLookDelaysNoPass() throws Exception {
        assertUnlocksFileAtOnce(new FakeProcess(kernel), () -> {
            throw new OutOfMemoryError("thrown by the test");
        });
    }

    /** The interval is an hour, and while it waits for room in the heap it looks again and again. */
    private void assertUnlocksFileAtOnce(FakeProcess process, Runnable look) throws Exception {
        process.freeBytes = 64 * MIB;
        kernel.commit(Region.HEAP, HEAP, MIB);
        MemoryLock lock = process.newLock();
        Keeper keeper = keeper(process, lock, "mode=all,strategy=future,interval=1h", () -> Growth.NONE);
        kernel.mapFile(FILE, 32 * MIB, "/data/index");
        assertThat(kernel.isLocked(FILE)).isTrue();
        CountDownLatch unlocked = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger looksUntilUnlocked = new AtomicInteger();
        kernel.afterUnlock.put(FILE, () -> {
            looksUntilUnlocked.set(looks.get());
            unlocked.countDown();
        });

        started(keeper, () -> {
            looks.incrementAndGet();
            look.run();
        });

        assertThat(unlocked.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(looksUntilUnlocked.get()).as("looks until it is unlocked").isLessThanOrEqualTo(LOOKS);
    }

    private void takeTime() {
        kernel.afterRefresh = this::takeTime;
        spin();
    }

    private void spin() {
        ThreadCpuTime cpu = new ThreadCpuTime(kernel);
        long start = cpu.nanos();
        while (cpu.nanos() - start < DEAR_LOOK_NANOS) {
            Thread.onSpinWait();
        }
    }

    private Keeper keeper(String text, Growth.Source growth) throws Exception {
        FakeProcess process = new FakeProcess(kernel);
        return keeper(process, process.newLock(), text, growth);
    }

    private Keeper keeper(FakeProcess process, MemoryLock lock, String text, Growth.Source growth) throws Exception {
        AgentOptions options = OptionParser.parse(text);
        lock.start(options);
        Log log = new Log(System.err, LogLevel.QUIET);
        Keeper keeper = new Keeper(
                lock,
                process,
                log,
                new StateAnnouncer(lock, process, log, (from, to) -> {}),
                process.options,
                growth,
                new ThreadCpuTime(kernel));
        keepers.add(keeper);
        return keeper;
    }

    private static Thread started(Keeper keeper, Runnable look) {
        Thread thread = new Thread(() -> keeper.run(look), "keeper");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
