// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.state.Strategy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivilegeWatchTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final PrivilegeWatch watch =
            new PrivilegeWatch(kernel, process, lock, new Log(new PrintStream(printed, true, UTF_8), LogLevel.QUIET));

    private void start() throws Exception {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        assertThat(lock.start(OptionParser.parse("")).failure()).isNull();
    }

    /** Runs the watch until somebody waits for the second time. */
    private void signal(Runnable before) {
        kernel.onPoll = () -> signalOnce(before);
        watch.run();
    }

    /** What a wait ends with, before the last one. */
    private void signalOnce(Runnable before) {
        kernel.onPoll = watch::end;
        before.run();
    }

    @Test
    void endsFutureAsSoonAsRootIsDropped() throws Exception {
        start();
        assertThat(lock.dependsOnCapability()).isTrue();

        signal(() -> kernel.privileged = false);

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.commit(Region.HEAP, HEAP, 300 * MIB)).as("lives").isTrue();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(printed.toString(UTF_8)).containsOnlyOnce("CAP_IPC_LOCK was dropped");
        assertThat(lock.reconcile().failure()).isNotNull();
        assertThat(kernel.isFuture()).as("stays so").isFalse();
    }

    /** The filter may end the JVM for a call that the watch can do without. */
    @Test
    void asksForNoPriorityUnderAFilter() throws Exception {
        process.isFiltered = true;
        kernel.deadly.add("sched_setscheduler");
        start();
        PrivilegeWatch filtered = new PrivilegeWatch(
                kernel, process, lock, new Log(new PrintStream(printed, true, UTF_8), LogLevel.QUIET));

        kernel.onPoll = () -> {
            kernel.onPoll = filtered::end;
            kernel.privileged = false;
        };
        filtered.run();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.died).isEmpty();
    }

    @Test
    void endsWithoutACallUnderAFilterThatIsSetLater() throws Exception {
        start();
        kernel.onPoll = () -> {
            process.isFiltered = true;
            process.hasNewFilter = true;
            kernel.deadly.add("timerfd_settime");
            watch.end();
        };

        watch.run();

        assertThat(watch.isOver()).isTrue();
        assertThat(kernel.died).isEmpty();
    }

    /** Such a filter may end the JVM for these calls. The status tells of the capability then. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void makesNoCallAfterASignalUnderAFilterThatIsSetLater(boolean isKept, @TempDir Path proc) throws Exception {
        kernel.tasks = proc.toFile();
        Path status = Files.createDirectories(proc.resolve("thread-self")).resolve("status");
        Files.writeString(status, "CapEff:\t0000000000004000\nSeccomp:\t0\n");
        PrivilegeWatch later = watchOf(process.newLock());
        kernel.onPoll = () -> {
            kernel.onPoll = later::end;
            kernel.deadly.addAll(List.of("poll", "capget"));
            kernel.privileged = isKept;
            writeStatus(status, isKept ? "CapEff:\t0000000000004000\nSeccomp:\t2\n" : "CapEff:\t0\nSeccomp:\t2\n");
        };

        later.run();

        assertThat(later.isOver()).isTrue();
        assertThat(kernel.died).isEmpty();
        assertThat(kernel.isFuture()).isEqualTo(isKept);
    }

    private PrivilegeWatch watchOf(MemoryLock other) throws Exception {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        assertThat(other.start(OptionParser.parse("")).failure()).isNull();
        return new PrivilegeWatch(
                kernel, process, other, new Log(new PrintStream(printed, true, UTF_8), LogLevel.QUIET));
    }

    private static void writeStatus(Path status, String text) {
        try {
            Files.writeString(status, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noErrorEndsIt() throws Exception {
        start();
        kernel.onPoll = () -> {
            kernel.onPoll = () -> signalOnce(() -> kernel.privileged = false);
            throw new StackOverflowError("of our own");
        };

        watch.run();

        assertThat(kernel.isFuture()).isFalse();
    }

    /** As in a full heap, whose error would end the tests. */
    @Test
    void noErrorAtItsBeginningEndsIt() throws Exception {
        start();
        kernel.onTimer = () -> {
            kernel.onTimer = () -> {};
            throw new StackOverflowError("of our own");
        };

        signal(() -> kernel.privileged = false);

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.polled).as("descriptors waited for").isEqualTo(1);
    }

    /** While it rests after an error no signal wakes it. */
    @Test
    void noticesWhatCameWhileAnErrorKeptItFromWaiting() throws Exception {
        start();
        kernel.onPoll = () -> {
            kernel.onPoll = watch::end;
            kernel.privileged = false;
            throw new StackOverflowError("of our own");
        };

        watch.run();

        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void leavesEverythingAsItIsAtOtherSignals() throws Exception {
        start();

        signal(() -> {});

        assertThat(kernel.isFuture()).isTrue();
        assertThat(printed.toString(UTF_8)).isEmpty();
    }

    @Test
    void isNotNeededWhereTheLimitItselfAllowsIt() throws Exception {
        kernel.mayRaiseHardLimit = true;
        start();

        assertThat(lock.dependsOnCapability()).as("lifted").isFalse();
        kernel.privileged = false;
        assertThat(kernel.commit(Region.HEAP, HEAP, 300 * MIB)).isTrue();
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(kernel.isFuture()).isTrue();
    }

    private void attach() throws Exception {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
        assertThat(lock.start(OptionParser.parse("mode=none")).failure()).isNull();
        lock.change(OptionParser.parse("mode=all"));
    }

    /** The watch, which was woken before that, has seen nothing to do. */
    @Test
    void rootThatIsDroppedWhileFutureIsSetIsNoticed() throws Exception {
        kernel.afterLockAll = () -> kernel.privileged = false;

        attach();

        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.commit(Region.HEAP, HEAP, 300 * MIB)).as("lives").isTrue();
        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
    }

    /** The watch leaves it to the keeper then, which knows of the limit by now. */
    @Test
    void theKeeperEndsFutureBeforeItLooksAtAnything() throws Exception {
        attach();
        lock.reconcile();
        assertThat(kernel.isFuture()).isTrue();
        kernel.privileged = false;
        AtomicBoolean wasFuture = new AtomicBoolean();
        kernel.afterLockedLook = () -> wasFuture.set(kernel.isFuture());

        assertThat(lock.reconcile().notices()).anyMatch(notice -> notice.contains("CAP_IPC_LOCK was dropped"));

        assertThat(wasFuture).isFalse();
        assertThat(kernel.isFuture()).isFalse();
    }

    @Test
    void isToldAtOnceWhenAnAttachHasSetFuture() throws Exception {
        AtomicBoolean isTold = new AtomicBoolean();
        lock.tellWhenFutureIsSet(() -> {
            isTold.set(lock.dependsOnCapability());
            throw new OutOfMemoryError("unable to create native thread, says the test");
        });

        attach();

        assertThat(isTold).isTrue();
        assertThat(kernel.isFuture()).isTrue();
    }

    /** A capability that a seccomp filter hides has not gone. */
    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, 0})
    void leavesEverythingAsItIsWhereCapabilitiesAreHidden(int answer) throws Exception {
        kernel.filter.put("capget", answer);
        start();
        assertThat(kernel.isFuture()).isTrue();

        assertThat(lock.dependsOnCapability()).isFalse();
        signal(() -> {});

        assertThat(kernel.isFuture()).isTrue();
        assertThat(printed.toString(UTF_8)).isEmpty();
    }

    @Test
    void endsWithTheJvm() throws Exception {
        start();
        kernel.onPoll = watch::end;

        watch.run();

        assertThat(kernel.isFuture()).isTrue();
    }

    /** The application closed all descriptors, and ours is a socket of its own now, which always has something to read. */
    @Test
    void stopsWaitingWhenItsDescriptorIsAnotherFiles() throws Exception {
        start();
        kernel.isTimerDue = true;

        signal(() -> assertThat(kernel.polled).isEqualTo(1));

        assertThat(kernel.polled).isZero();
        assertThat(kernel.isFuture()).isTrue();
    }

    @Test
    void endsWhereWaitingIsRefused() throws Exception {
        start();
        kernel.onPoll = () -> kernel.filter.put("poll", Errno.ENOSYS);

        watch.run();

        assertThat(kernel.isFuture()).isTrue();
    }
}
