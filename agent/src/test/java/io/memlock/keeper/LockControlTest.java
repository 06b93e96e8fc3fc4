// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.ThreadCpuTime;
import io.memlock.state.LockState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LockControlTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final Scans scans = new Scans(process, new ThreadCpuTime(kernel));
    private final LockControl control = new LockControl(lock, process, scans, null, null, null, null);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(printed, true, UTF_8), LogLevel.INFO);

    private final List<String> published = new ArrayList<>();
    private Runnable whileNotifying = () -> {};
    private final StateListener publisher = new StateListener() {
        @Override
        public void stateChanged(LockState from, LockState to) {
            whileNotifying.run();
        }

        @Override
        public void lockChanged() {
            published.add(lock.status().state().name());
        }
    };

    private LockControl started(String options) throws Exception {
        start(options);
        return new Background(lock, process, kernel, log, publisher, process.options, () -> Growth.NONE, List.of())
                .control();
    }

    private void start(String options) throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse(options));
        lock.reconcile();
    }

    /** Otherwise {@code check} would call a JVM unknown on a busy host, or one that is just being scanned. */
    @Test
    void aPublishedStateIsGoodUntilTheNextOneIsPublished() throws Exception {
        start("mode=heap,strategy=rescan");

        assertThat(control.goodUntilNanos() - lock.goodUntilNanos()).isEqualTo(SECOND);

        process.scanNanos = 2 * SECOND;
        long[] cpuNanos = new long[1];
        kernel.cpuNanos = () -> cpuNanos[0];
        process.onScan = () -> {
            cpuNanos[0] += SECOND;
            process.passedNanos += process.scanNanos;
        };
        scans.refresh();
        assertThat(control.goodUntilNanos() - lock.goodUntilNanos()).isEqualTo(3 * SECOND);
    }

    /** Otherwise a JVM that stands still again would be taken for locked for as long as it stood still in that scan. */
    @Test
    void aPauseInAScanDoesNotMakeAStateGoodForLonger() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.cpuNanos = () -> 0;

        process.scanNanos = TimeUnit.HOURS.toNanos(10);
        scans.refresh();

        assertThat(control.goodUntilNanos() - lock.goodUntilNanos()).isLessThanOrEqualTo(2 * SECOND);
    }

    /** Whatever ends the scan: the change is made. */
    @Test
    void aChangeIsToldWhereTheScanAfterItFails() throws Exception {
        start("mode=heap,strategy=rescan");
        process.onScan = () -> {
            throw new IndexOutOfBoundsException("thrown by the test");
        };

        assertThat(control.describeChange(lock.status()))
                .isEqualTo("LOCKED: cannot tell how much is locked: thrown by the test");
    }

    /** Under a limit nothing may be born locked: the lock that is there stays as it is. */
    @Test
    void theLogDoesNotSayThatRefusedOptionsCount() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 64 << 20;
        LockControl logged = started("mode=heap,strategy=rescan");

        logged.lock(OptionParser.parse("mode=heap,strategy=future"), "by a test");
        logged.lock(OptionParser.parse("mode=heap,interval=2s"), "by a test");

        assertThat(printed.toString(UTF_8))
                .contains("refused options \"mode=heap,strategy=future\", asked for by a test: LOCKED")
                .contains("options are now \"mode=heap,interval=2s\", asked for by a test: LOCKED");
    }

    /** As after root was dropped: the same options are refused now, and those in force are from before. */
    @Test
    void theLogDoesNotSayThatRefusedOptionsCountThoughTheyReadLikeThoseInForce() throws Exception {
        LockControl logged = started("mode=heap,strategy=future");
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 64 << 20;

        logged.lock(OptionParser.parse("mode=heap,strategy=future"), "by a test");

        assertThat(printed.toString(UTF_8)).contains("refused options \"mode=heap,strategy=future\"");
    }

    /** Such as a thread that the process may not have. */
    @Test
    void aChangeIsToldThoughNoListenerCanBe() throws Exception {
        LockControl told = started("mode=none");
        whileNotifying = () -> {
            throw new OutOfMemoryError("unable to create native thread, says the test");
        };

        assertThat(told.lock(OptionParser.parse("mode=heap"), "by a test").isDone())
                .isTrue();
    }

    /** While the answer waits for its scan. */
    @Test
    void anAnswerTellsThatSomebodyElseHasUnlockedMeanwhile() throws Exception {
        LockControl told = started("mode=none");
        process.onScan = () -> assertDoesNotThrow(() -> lock.unlock());

        String text = told.lock(OptionParser.parse("mode=heap"), "by a test").text();

        assertThat(text).startsWith("LOCKED, but it was changed again; now UNLOCKED: nothing is selected");
    }

    /** Who is told of a change looks at once what is published of it. */
    @Test
    void aChangeIsPublishedBeforeItIsTold() throws Exception {
        LockControl told = started("mode=heap,strategy=rescan");

        told.lock(OptionParser.parse("mode=heap,interval=2s"), "by a test");
        told.unlock("by a test");

        assertThat(published).containsExactly("LOCKED", "UNLOCKED");
    }

    /** What was asked for counts from then on, and somebody has to be able to tell who asked. */
    @Test
    void theLogTellsOfAChangeThatCouldNotBeCarriedOutAtOnce() throws Exception {
        LockControl logged = started("mode=heap,strategy=rescan");
        process.mapsFailure = new IOException("thrown by the test");

        assertThatThrownBy(() -> logged.lock(OptionParser.parse("mode=heap+code"), "by a test"))
                .hasMessage("thrown by the test");

        assertThat(printed.toString(UTF_8))
                .contains("options \"mode=heap+code\", asked for by a test: not carried out yet")
                .contains("thrown by the test");
    }

    @Test
    void aStateThatDoesNotAgeIsAlwaysGood() throws Exception {
        start("mode=none");

        assertThat(control.goodUntilNanos()).isEqualTo(Long.MAX_VALUE);
    }
}
