// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HostileApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that an application does to threads or to the heap ends the keeper, nor does the keeper make it worse. */
class HostileIT {

    /** Three periods. */
    private static final long LATEST_MILLIS = 3000;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    private static ForkedJvm.Builder hostile(Jdk jdk, String options, String... arguments) {
        return ForkedJvm.on(jdk).agent(options).withJna().main(HostileApp.class, arguments);
    }

    @EachJdk
    void locksWhatGrowsWhileTheApplicationInterruptsAllThreads(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = hostile(jdk, "mode=heap,strategy=rescan")
                .flags("-Xms32m", "-Xmx512m", "-XX:+UseG1GC")
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            jvm.ask("interrupt");
            jvm.ask("grow 150");

            long millis = Keeping.millisUntil(() -> heap(truth, jvm).residentUnlockedBytes() == 0, LATEST_MILLIS);

            assertThat(millis).as("ms until locked%s", jvm.stderr()).isNotNegative();
            assertThat(heap(truth, jvm).lockedBytes()).isGreaterThan(150 << 20);
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                eventually(
                        () -> { // a pass in between may come late
                            assertThat(client.get("State")).hasToString("LOCKED");
                            assertThat(client.getLong("VerifiedAgeMillis")).isLessThan(LATEST_MILLIS);
                        });
            }
        }
    }

    private static Smaps heap(Truth truth, ForkedJvm jvm) {
        return new Smaps(
                Smaps.of(jvm.pid()).mappings().stream().filter(truth::isHeap).toList());
    }

    @EachJdk
    void beginsWithoutAnInitialiserOfTheJdk(Jdk jdk, @TempDir Path directory) throws Exception {
        Path log = directory.resolve("initialised");
        try (ForkedJvm jvm = hostile(jdk, "mode=all")
                .flags("-Xlog:class+init=info:file=" + log + ":tid:filecount=0")
                .start()) {
            Keeping.awaitStart(jvm);
            eventually(() -> assertThat(log).content().contains("'io/memlock/keeper/Background$Revival'"));
        }
        List<String> initialised = Files.readAllLines(log).stream()
                .filter(line -> line.contains(" Initializing '"))
                .toList();
        String beginner = initialised.stream()
                .filter(line -> line.contains("'io/memlock/keeper/Background'"))
                .map(line -> line.substring(0, line.indexOf(']') + 1))
                .findFirst()
                .orElseThrow();

        assertThat(initialised)
                .as("where the heap is full, they would stay broken for the application")
                .filteredOn(line -> line.startsWith(beginner))
                .isNotEmpty()
                .allMatch(line -> line.contains("'io/memlock/") || line.contains("(no method)"));
    }

    static List<Arguments> collectors() {
        return Jdk.all().stream()
                .flatMap(jdk -> Stream.of(Collector.G1, Collector.ZGC, Collector.SERIAL)
                        .filter(collector -> collector != Collector.ZGC || jdk.equals(Jdk.newest()))
                        .map(collector -> Arguments.of(collector, jdk)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("collectors")
    void outlivesAHeapThatIsFullFromTheBeginning(Collector collector, Jdk jdk) throws Exception {
        try (ForkedJvm jvm = hostile(jdk, "mode=all", "fill", "3000")
                .flags("-Xmx64m", collector.flag())
                .start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.ask("munlockall")).isEqualTo("0");
            eventually(() ->
                    assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                eventually(() -> assertThat(client.get("State")).hasToString("LOCKED"));
            }
            assertThat(jvm.ask("management")).isEqualTo("works");
        }
    }
}
