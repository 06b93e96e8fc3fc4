// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.ResultProvider;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/** The judgement, on recordings of events that have the shape of the agent's. The agent's own are for MissionControlIT. */
class MemoryLockRuleTest {

    @TempDir
    Path directory;

    @Test
    void missionControlFindsTheRule() {
        assertThat(RuleRegistry.getRules()).hasAtLeastOneElementOfType(MemoryLockRule.class);
    }

    @Test
    void doesNotApplyWithoutTheAgentsEvents() throws Exception {
        IResult result = judge(() -> {});

        assertThat(result.getSeverity()).isEqualTo(Severity.NA);
        assertThat(summary(result)).isEqualTo("The recording has no events of memlock-agent.");
    }

    @Test
    void isContentWhereAllWasLocked() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            status("LOCKED", -1);
            faults(0);
            pause(30);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.OK);
        assertThat(explanation(result))
                .contains("each of 2 recorded states was LOCKED")
                .contains("Nothing that was to be locked was seen in swap")
                .contains(
                        "No recorded pause of 10 ms or more coincides with a major page fault. In all, the process had 0.");
    }

    @Test
    void saysWhatIsNotKnown() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", -1);
            pause(30);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.OK);
        assertThat(explanation(result))
                .contains("Whether any of it was in swap is not known")
                .contains("it is not known whether pauses were page faults");
    }

    @Test
    void warnsOfWhatWasNotLocked() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            status("PARTIAL", 0);
            status("FAILED", 0);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.WARNING);
        assertThat(summary(result)).contains("was not (state FAILED, 1 of 3 times, at ");
        assertThat(explanation(result)).contains("was not (state PARTIAL, 1 of 3 times, at ");
        assertThat(result.getSolution()).containsOnlyOnce("doctor PID");
    }

    @Test
    void tellsOfAnUnlockOnPurposeAndOfAStateThatNobodyVerified() throws Exception {
        IResult result = judge(() -> {
            status("UNLOCKED", 0);
            status("UNKNOWN", 0);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.INFO);
        assertThat(explanation(result))
                .contains("Nothing was to be locked")
                .contains("Nobody had verified the lock for several intervals");
    }

    @Test
    void warnsOfWhatWasInSwap() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 3 << 20);
            status("LOCKED", 1 << 20);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.WARNING);
        assertThat(summary(result)).startsWith("Memory that was to be locked was in swap: 3 MiB at ");
    }

    @Test
    void warnsOfMemoryThatOthersUnlocked() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            loss("heap", 5 << 20, "unlocked by another party", true);
            loss("code", 2 << 20, "unlocked by another party", true);
            loss("code", 1 << 20, "unlocked by another party", true);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.WARNING);
        assertThat(summary(result))
                .startsWith("Coverage of code, heap was lost for some of the time between ")
                .endsWith(": mappings of at the most 7 MiB, not all of it in RAM."
                        + " Reason: unlocked by another party. It was locked again.");
        assertThat(result.getSolution()).contains("munlockall");
    }

    @Test
    void tellsALossThatGoesOnOnce() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            loss("code", 1 << 20, "does not fit under the limit", false);
            loss("code", 2 << 20, "does not fit under the limit", false);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.WARNING);
        assertThat(explanation(result))
                .containsOnlyOnce("Coverage of code was lost")
                .contains("at the most 2 MiB,")
                .contains("not locked again, as far as recorded");
    }

    @Test
    void doesNotWarnOfGrowthThatWasLockedSoon() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            loss("heap", 1 << 20, "mapped since the last look, or unlocked", true);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.INFO);
        assertThat(result.getSolution())
                .as("with a limit alone, or with little room, strategy=future can end the JVM")
                .contains("do not force it", "doctor PID")
                .doesNotContain("limit");
    }

    @Test
    void warnsOfALongPauseWithMajorFaults() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            region("heap", 7 << 20);
            pause(120);
            pause(15, 100);
            pause(0, 10);
            faults(4545);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.WARNING);
        assertThat(summary(result))
                .matches(
                        "2 pauses coincide with major page faults\\. The longest took (\\d{3}[.\\d]* ms|[.\\d]+ s) at .*")
                .endsWith("in the seconds of it 4545 pages were read from disk.");
        assertThat(result.getSolution()).contains("was in swap: heap.");
    }

    @Test
    void doesNotWarnOfALongPauseWithAFewMajorFaults() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            pause(120);
            faults(3);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.INFO);
    }

    @Test
    void doesNotTakeAFileThatIsReadForSwap() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            region("heap", 0);
            pause(15, 100);
            faults(3);
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.INFO);
        assertThat(result.getSolution()).contains("such as a file that the application maps");
    }

    @Test
    void doesNotSayThatNothingWasInSwapWhereNoScanShowsIt() throws Exception {
        IResult result = judge(() -> {
            status("UNLOCKED", 0);
            region("heap", 0);
            pause(15, 100);
            faults(3);
        });

        assertThat(result.getSolution()).contains("may have been in swap, although no scan shows it");
    }

    @Test
    void doesNotBlameFaultsOfAnotherTime() throws Exception {
        IResult result = judge(() -> {
            status("LOCKED", 0);
            pause(15, 100);
            sleep(5);
            FaultsEvent faults = new FaultsEvent();
            faults.majorFaults = 9;
            faults.interval = Duration.ofMillis(1).toNanos();
            faults.commit();
        });

        assertThat(result.getSeverity()).isEqualTo(Severity.OK);
    }

    private IResult judge(Runnable events) throws Exception {
        Path file = directory.resolve("test.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            events.run();
            recording.stop();
            recording.dump(file);
        }
        RunnableFuture<IResult> evaluation = new MemoryLockRule("test.Pause")
                .createEvaluation(
                        JfrLoaderToolkit.loadEvents(file.toFile()),
                        IPreferenceValueProvider.DEFAULT_VALUES,
                        new ResultProvider());
        evaluation.run();
        return evaluation.get();
    }

    private static String summary(IResult result) {
        return plain(result.getSummary());
    }

    private static String explanation(IResult result) {
        return plain(result.getExplanation());
    }

    /** Mission Control does not let a line break between a number and its unit. */
    private static String plain(String text) {
        return text.replace('\u00a0', ' ');
    }

    private static void status(String state, long swapped) {
        StatusEvent event = new StatusEvent();
        event.state = state;
        event.swapped = swapped;
        event.commit();
    }

    private static void region(String region, long swapped) {
        RegionEvent event = new RegionEvent();
        event.region = region;
        event.swapped = swapped;
        event.commit();
    }

    private static void loss(String region, long size, String reason, boolean relocked) {
        CoverageLostEvent event = new CoverageLostEvent();
        event.region = region;
        event.size = size;
        event.reason = reason;
        event.unlockedFor = Duration.ofSeconds(2).toNanos();
        event.relocked = relocked;
        event.commit();
    }

    /** Faults of the last minute. */
    private static void faults(long major) {
        FaultsEvent event = new FaultsEvent();
        event.majorFaults = major;
        event.interval = Duration.ofMinutes(1).toNanos();
        event.commit();
    }

    private static void pause(long millis) {
        pause(millis, Long.MAX_VALUE);
    }

    /** Records a pause of some milliseconds, and of fewer than another number: on a busy machine that may take several attempts. */
    private static void pause(long millis, long fewerThan) {
        while (true) {
            long start = System.nanoTime();
            PauseEvent event = new PauseEvent();
            event.begin();
            sleep(millis);
            event.end();
            if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < fewerThan) {
                event.commit();
                return;
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Name("memlock.Status")
    @StackTrace(false)
    static final class StatusEvent extends Event {
        String state;

        @DataAmount
        long swapped;
    }

    @Name("memlock.Region")
    @StackTrace(false)
    static final class RegionEvent extends Event {
        String region;

        @DataAmount
        long swapped;
    }

    @Name("memlock.CoverageLost")
    @StackTrace(false)
    static final class CoverageLostEvent extends Event {
        String region;

        @DataAmount
        long size;

        String reason;

        @Timespan
        long unlockedFor;

        boolean relocked;
    }

    @Name("memlock.Faults")
    @StackTrace(false)
    static final class FaultsEvent extends Event {
        long majorFaults;

        @Timespan
        long interval;
    }

    @Name("test.Pause")
    @StackTrace(false)
    static final class PauseEvent extends Event {}
}
