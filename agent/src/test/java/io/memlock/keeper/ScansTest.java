// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.os.ThreadCpuTime;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What scans cost is bounded, however many threads ask for one, and for whatever reason. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ScansTest {

    /** CPU time of a scan: so many of them use up what changes may take at once. */
    private static final long DEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int AT_ONCE = 5;

    private long cpuNanos;
    private long scanCostNanos = DEAR_NANOS;
    private int count;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final Scans scans = new Scans(process, new ThreadCpuTime(kernel));

    @BeforeEach
    void makeScansDear() {
        kernel.cpuNanos = () -> cpuNanos;
        process.onScan = () -> {
            count++;
            cpuNanos += scanCostNanos;
            process.passedNanos += scanCostNanos;
        };
    }

    @Test
    void whoAsksAgainAtOnceGetsTheScanThereIs() throws IOException {
        for (int i = 0; i < 1000; i++) {
            scans.refresh();
        }

        assertThat(count).isEqualTo(1);
    }

    /** Such as a container that is paused, or a collection: it has cost nothing. */
    @Test
    void aScanInWhichAllStoodStillForAnHourIsFollowedByOneForWhoAsks() throws IOException {
        process.scanNanos = TimeUnit.HOURS.toNanos(1);
        process.onScan = () -> {
            count++;
            cpuNanos += TimeUnit.MILLISECONDS.toNanos(10);
        };
        scans.refresh();
        process.passedNanos += TimeUnit.MINUTES.toNanos(1);
        scans.refresh();

        assertThat(count).isEqualTo(2);
    }

    @Test
    void scansForThoseWhoAskTakeATwoHundredthOfACpu() throws IOException {
        scans.refresh();
        process.passedNanos += 199 * DEAR_NANOS;
        scans.refresh();
        assertThat(count).isEqualTo(1);

        process.passedNanos += 2 * DEAR_NANOS;
        scans.refresh();
        assertThat(count).isEqualTo(2);
    }

    @Test
    void aChangeIsToldByAScanBegunAfterIt() throws IOException {
        scans.scanAfter(process.nanoTime());
        scans.scanAfter(process.nanoTime());

        assertThat(count).isEqualTo(2);
    }

    @Test
    void aChangeIsToldByTheScanThatAnotherChangeHasBroughtAbout() throws IOException {
        long changed = process.nanoTime();
        scans.scanAfter(process.nanoTime());
        scans.scanAfter(changed);

        assertThat(count).isEqualTo(1);
    }

    @Test
    void changesWithoutEndWaitForTheScanOfSomebodyElse() throws Exception {
        changeWithoutPause();
        FutureTask<Void> change = new FutureTask<>(() -> {
            scans.scanAfter(process.nanoTime());
            return null;
        });
        Thread asker = new Thread(change, "asker");
        asker.setDaemon(true);
        asker.start();
        awaitWaiting(asker);
        assertThat(count).isEqualTo(AT_ONCE);
        process.passedNanos = TimeUnit.MINUTES.toNanos(2); // since who asks has to wait, too

        while (!change.isDone()) {
            scans.refresh();
            Thread.onSpinWait();
        }
        change.get();

        assertThat(count).isEqualTo(AT_ONCE + 1);
    }

    /** Who asks for a change gives up when nothing is heard of it for five minutes. */
    @Test
    void theAnswerAfterDearScansWaitsForLessThanTwoMinutes() throws Exception {
        scanCostNanos = TimeUnit.SECONDS.toNanos(100);
        for (int i = 0; i < 3; i++) {
            scans.scanAfter(process.nanoTime());
        }
        process.passedNanos += TimeUnit.SECONDS.toNanos(100);

        scans.scanAfter(process.nanoTime());

        assertThat(count).isEqualTo(4);
    }

    /** On a virtual thread, which goes on with another carrier after a pause. */
    @Test
    void aScanCostsNoMoreThanTheTimeItTook() throws IOException {
        process.onScan = () -> {
            count++;
            cpuNanos += TimeUnit.HOURS.toNanos(1);
        };
        scans.refresh();
        process.passedNanos += TimeUnit.MINUTES.toNanos(3);

        scans.keepFresh(false);

        assertThat(count).isEqualTo(2);
    }

    @Test
    void whoIsInterruptedWhileWaitingLearnsThatTheChangeIsDone() throws IOException {
        changeWithoutPause();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> scans.scanAfter(process.nanoTime()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the change has been made");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLargeChangeIsToldAfterFiveSecondsAndASmallOneAfterTen() throws IOException {
        process.residentBytes = 8L << 30;
        scans.keepFresh(false);
        process.residentBytes += 2 << 20;

        assertThat(scansWithin(5)).isZero();
        assertThat(scansWithin(5)).isEqualTo(1);

        process.residentBytes -= 100 << 20;
        assertThat(scansWithin(5)).isEqualTo(1);
        assertThat(scansWithin(100)).isZero();
    }

    @Test
    void changesWithoutEndTakeAThousandthOfACpu() throws IOException {
        cpuNanos = 0;
        int hour = 3600;
        for (int second = 0; second < 2 * hour; second++) {
            if (second == hour) {
                cpuNanos = 0;
            }
            process.residentBytes += 100 << 20;
            scansWithin(1);
        }

        assertThat(cpuNanos).isBetween(TimeUnit.SECONDS.toNanos(hour) / 1500, TimeUnit.SECONDS.toNanos(hour) / 900);
    }

    /** Looks once a second. */
    private int scansWithin(int seconds) throws IOException {
        int before = count;
        for (int i = 0; i < seconds; i++) {
            process.passedNanos += TimeUnit.SECONDS.toNanos(1);
            scans.keepFresh(false);
        }
        return count - before;
    }

    private void changeWithoutPause() throws IOException {
        for (int i = 0; i < AT_ONCE; i++) {
            scans.scanAfter(process.nanoTime());
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }
}
