// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.RecordingApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.FlightRecording;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import io.memlock.it.keeping.Keeping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The events that the agent records: they are there however a recording was begun, and are true. */
class JfrIT {

    /** The JVM goes on living between our reading and its own. */
    private static final Offset<Long> BETWEEN_TWO_READINGS = within(32L << 20);

    @TempDir
    Path directory;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    @SideBySide
    void tellsOfLocksThatAnotherPartyTookAway(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=all")
                .flags("-XX:StartFlightRecording")
                .start()) {
            Keeping.awaitStart(jvm);
            eventually(() -> assertThat(events(jdk, jvm, "memlock.Status")).isNotEmpty());
            assertThat(jvm.ask("munlockall")).isEqualTo("0");

            eventually(() -> assertThat(events(jdk, jvm, "memlock.CoverageLost"))
                    .anyMatch(event -> isOf(event, "heap")
                            && event.getString("reason").equals("unlocked by another party")
                            && event.getBoolean("relocked")
                            && event.getLong("size") > 0
                            && !event.getDuration("unlockedFor").isNegative()));
            assertThat(events(jdk, jvm, "memlock.Lock"))
                    .anyMatch(event -> isOf(event, "heap")
                            && event.getString("operation").equals("lock")
                            && event.getInt("errno") == 0
                            && !event.getDuration().isZero());
        }
    }

    @EachJdk
    @SideBySide
    void numbersAreThoseOfTheKernel(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=all,strategy=rescan").start()) {
            Keeping.awaitStart(jvm);
            jdk.jcmd(jvm.pid(), "JFR.start");
            eventually(() -> assertThat(events(jdk, jvm, "memlock.Status")).isNotEmpty());
            jvm.ask("grow 200");

            eventually(() -> {
                List<RecordedEvent> events = read(jdk, jvm);
                Smaps smaps = Smaps.of(jvm.pid());
                RecordedEvent status = last(events, event -> isNamed(event, "memlock.Status"));
                assertThat(status.getString("state")).isEqualTo("LOCKED");
                assertThat(status.getFloat("coverage")).isGreaterThan(0.9f);
                assertThat(status.getLong("locked")).isCloseTo(smaps.lockedBytes(), BETWEEN_TWO_READINGS);
                RecordedEvent heap = last(events, event -> isNamed(event, "memlock.Region") && isOf(event, "heap"));
                assertThat(heap.getLong("resident")).isGreaterThan(200L << 20);
                assertThat(heap.getLong("locked")).isBetween(200L << 20, heap.getLong("resident"));
                assertThat(heap.getBoolean("selected")).isTrue();
                RecordedEvent faults = last(events, event -> isNamed(event, "memlock.Faults"));
                assertThat(faults.getDuration("interval")).isBetween(Duration.ofMillis(100), Duration.ofMinutes(1));
            });
            assertThat(events(jdk, jvm, "memlock.Faults").stream()
                            .mapToLong(event -> event.getLong("minorFaults"))
                            .sum())
                    .as("first touches of 200 MB")
                    .isPositive();
            assertThat(events(jdk, jvm, "memlock.CoverageLost"))
                    .anyMatch(event -> isOf(event, "heap")
                            && event.getString("reason").startsWith("mapped since the last look")
                            && event.getBoolean("relocked"));
        }
    }

    @EachJdk
    @SideBySide
    void recordsWhatTheApplicationRecords(Jdk jdk) {
        try (ForkedJvm jvm =
                ForkedJvm.on(jdk).agent("").main(RecordingApp.class).start()) {
            jvm.awaitLine("ready");
            jvm.ask("record");

            eventually(() -> {
                Path file = directory.resolve("own-" + jdk.feature() + ".jfr");
                jvm.ask("dump " + file);
                assertThat(RecordingFile.readAllEvents(file))
                        .anyMatch(event -> isNamed(event, "memlock.Region"))
                        .anyMatch(event -> isNamed(event, "memlock.Faults"));
            });
        }
    }

    @EachJdk
    @SideBySide
    void recordsNothingWithTheOptionOff(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=all,jfr=off,log=debug")
                .flags("-XX:StartFlightRecording")
                .start()) {
            Keeping.awaitStart(jvm);
            jvm.awaitErrorLine("[memlock] mapped files are unlocked at once"); // the reporter has done the rest by then
            Keeping.sleep(2000);

            assertThat(read(jdk, jvm))
                    .noneMatch(event -> event.getEventType().getName().startsWith("memlock."));
        }
    }

    /** Otherwise each JVM with the agent would pay for what few of them use. */
    @EachJdk
    @SideBySide
    void doesNotSetFlightRecorderUpWithoutARecording(Jdk jdk) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("log=debug")
                .flags("-Xlog:class+load")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            eventually(() -> assertThat(jvm.stdout()).contains("io.memlock.jfr.Recordings"));
            jvm.awaitErrorLine("[memlock] mapped files are unlocked at once");

            assertThat(jvm.stdout())
                    .doesNotContain("jdk.jfr.internal.PlatformRecorder")
                    .doesNotContain("io.memlock.jfr.LockEvents");
        }
    }

    private static boolean isNamed(RecordedEvent event, String name) {
        return event.getEventType().getName().equals(name);
    }

    private static boolean isOf(RecordedEvent event, String region) {
        return event.getString("region").equals(region);
    }

    private static RecordedEvent last(List<RecordedEvent> events, Predicate<RecordedEvent> wanted) {
        return events.stream().filter(wanted).reduce((before, after) -> after).orElseThrow();
    }

    private List<RecordedEvent> events(Jdk jdk, ForkedJvm jvm, String name) throws IOException {
        return read(jdk, jvm).stream().filter(event -> isNamed(event, name)).toList();
    }

    private List<RecordedEvent> read(Jdk jdk, ForkedJvm jvm) throws IOException {
        return RecordingFile.readAllEvents(FlightRecording.dump(jdk, jvm, directory));
    }
}
