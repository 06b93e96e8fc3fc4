// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateAnnouncerTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> notified = new ArrayList<>();
    private boolean failsToLog;
    private boolean failsToNotify;
    private Runnable whileNotifying = () -> {};
    private StateAnnouncer announcer;

    @BeforeEach
    void unlockAfterLocking() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        Log log = new Log(new PrintStream(printed, true, UTF_8), () -> {
            failIf(failsToLog);
            return LogLevel.INFO;
        });
        announcer = new StateAnnouncer(lock, process, log, (from, to) -> {
            failIf(failsToNotify);
            whileNotifying.run();
            notified.add(from + " -> " + to);
        });
        lock.unlock();
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new OutOfMemoryError("thrown by the test");
        }
    }

    private void assertEachIsToldOnce() {
        announcer.announce();
        announcer.announce();

        assertThat(printed.toString(UTF_8)).containsOnlyOnce("state LOCKED -> UNLOCKED");
        assertThat(notified).containsExactly("LOCKED -> UNLOCKED");
    }

    @Test
    void aChangeIsToldOnce() {
        assertEachIsToldOnce();
    }

    /** A start that populates memory takes longer than its verification is good for. */
    @Test
    void aStateThatIsOldAtTheStartIsNoChange() throws Exception {
        lock.change(OptionParser.parse("mode=heap,strategy=rescan"));
        process.passedNanos = TimeUnit.MINUTES.toNanos(1);
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        Log log = new Log(new PrintStream(printed, true, UTF_8), LogLevel.INFO);
        StateAnnouncer late = new StateAnnouncer(lock, process, log, (from, to) -> notified.add(from + " -> " + to));

        lock.reconcile();
        late.announce();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(printed.toString(UTF_8)).isEmpty();
        assertThat(notified).isEmpty();
    }

    @Test
    void whatCouldNotBeLoggedIsToldTheNextTime() {
        failsToLog = true;
        assertThatThrownBy(announcer::announce).isInstanceOf(OutOfMemoryError.class);
        failsToLog = false;

        assertEachIsToldOnce();
    }

    @Test
    void aListenerThatCouldNotBeToldIsToldTheNextTime() {
        failsToNotify = true;
        assertThatThrownBy(announcer::announce).isInstanceOf(OutOfMemoryError.class);
        failsToNotify = false;

        assertEachIsToldOnce();
    }

    /** HotSpot writes about each thread that it does not get. */
    @Test
    void restsWhereThereIsNoThreadForAListener() {
        AtomicInteger attempts = new AtomicInteger();
        whileNotifying = () -> {
            attempts.incrementAndGet();
            throw new OutOfMemoryError("unable to create native thread, says the test");
        };
        assertThatThrownBy(announcer::announce).isInstanceOf(OutOfMemoryError.class);

        announcer.announce();

        assertThat(attempts).hasValue(1);
    }

    @Test
    void aListenerIsToldTheChangesInTheirOrderByWhicheverThread() throws Exception {
        CountDownLatch isHeldUp = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        whileNotifying = () -> {
            whileNotifying = () -> {};
            isHeldUp.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        Thread first = announcing();
        isHeldUp.await();
        lock.change(OptionParser.parse("mode=heap,strategy=rescan"));
        Thread second = announcing();
        while (second.isAlive() && !isWaitingFor(first, second)) {
            Thread.onSpinWait();
        }
        goesOn.countDown();
        first.join();
        second.join();

        assertThat(notified).containsExactly("LOCKED -> UNLOCKED", "UNLOCKED -> LOCKED");
    }

    private static boolean isWaitingFor(Thread owner, Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        return info != null && info.getLockOwnerId() == owner.getId();
    }

    private Thread announcing() {
        Thread thread = new Thread(announcer::announce);
        thread.start();
        return thread;
    }
}
