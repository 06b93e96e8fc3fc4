// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import org.junit.jupiter.api.BeforeEach;

/** The keeper wakes when memory grows, and what is shown of it is fresh, true and of one moment. */
class KeeperWakesIT {

    private static final long LATEST_MILLIS = 5000;

    private static final int GROWN = 150 << 20;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    private static Smaps heap(Truth truth, ForkedJvm jvm) {
        return new Smaps(
                Smaps.of(jvm.pid()).mappings().stream().filter(truth::isHeap).toList());
    }

    @EachJdk
    void growthWakesTheKeeperLongBeforeItsPeriodEnds(Jdk jdk) {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=heap,strategy=rescan,interval=1h")
                .flags("-XX:+UseG1GC")
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            for (String step : new String[] {"grow 150", "shrink", "grow 200"}) {
                jvm.ask(step);
                long millis = Keeping.millisUntil(() -> heap(truth, jvm).residentUnlockedBytes() == 0, LATEST_MILLIS);
                assertThat(millis)
                        .as("ms until locked after %s%s", step, jvm.stderr())
                        .isNotNegative();
            }
        }
    }

    @EachJdk
    void showsWhatIsExcludedWhereverItShowsTheState(Jdk jdk) throws Exception {
        try (ForkedJvm jvm =
                Keeping.growing(jdk, "exclude=heap").flags("-XX:+UseG1GC").start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.awaitErrorLine("[memlock] locked")).contains("exclude=heap");
            jvm.ask("grow 50");
            Truth truth = Truth.of(jvm, jdk);
            eventually(() -> assertThat(heap(truth, jvm).lockedBytes()).isZero());
            assertThat(heap(truth, jvm).residentBytes()).isGreaterThan(50 << 20);
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat(client.get("Exclude")).isEqualTo("heap");
                assertThat((String) client.get("Selection"))
                        .doesNotContain("heap")
                        .contains("metaspace");
            }
            assertThat(Commands.succeed(
                            jdk.java().toString(),
                            "-jar",
                            AgentJar.path().toString(),
                            "status",
                            Long.toString(jvm.pid())))
                    .contains("locked, but not heap");
        }
    }

    @EachJdk
    void showsGrowthWithinSecondsThoughNobodyAsksForAScan(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=heap,strategy=rescan")
                .flags("-XX:+UseG1GC")
                .start()) {
            Keeping.awaitStart(jvm);
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                long before = client.getLong("LockedBytes");

                jvm.ask("grow 150");

                long millis = Keeping.millisUntil(() -> isShown(client, before + GROWN), 2 * LATEST_MILLIS);
                assertThat(millis).as("ms until shown%s", jvm.stderr()).isNotNegative();
            }
        }
    }

    private static boolean isShown(JmxClient client, long bytes) {
        try {
            return client.getLong("LockedBytes") >= bytes
                    && client.getLong("ResidentBytes") >= client.getLong("LockedBytes")
                    && client.get("Coverage").equals(1.0);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @EachJdk
    void leavesALineWithTheTimeOfEachChangeUnlessItIsToBeQuiet(Jdk jdk) throws Exception {
        for (boolean isQuiet : new boolean[] {false, true}) {
            try (ForkedJvm jvm = Keeping.growing(jdk, isQuiet ? "mode=heap,log=quiet" : "mode=heap")
                    .start()) {
                jvm.awaitLine("ready");
                try (JmxClient client = JmxClient.attach(jvm.pid())) {
                    client.awaitMemoryLock();
                    client.invoke("lock", isQuiet ? "mode=code,log=quiet" : "mode=code");
                    client.invoke("unlock");
                }
                Commands.succeed(
                        jdk.java().toString(),
                        "-jar",
                        AgentJar.path().toString(),
                        "attach",
                        Long.toString(jvm.pid()),
                        isQuiet ? "mode=heap,log=quiet" : "mode=heap");
                if (isQuiet) {
                    assertThat(jvm.stderr()).doesNotContain("[memlock]");
                } else {
                    String line = "(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO " + jvm.pid()
                            + " \\[memlock\\] ";
                    eventually(() -> assertThat(jvm.stderr())
                            .containsPattern(line + "options are now \"mode=code\".*over JMX: LOCKED")
                            .containsPattern(line + "unlocked, asked for over JMX: UNLOCKED")
                            .containsPattern(line + "options are now \"mode=heap\".*by attach: LOCKED"));
                }
            }
        }
    }
}
