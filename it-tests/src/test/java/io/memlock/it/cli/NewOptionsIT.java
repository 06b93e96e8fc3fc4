// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import io.memlock.it.keeping.Keeping;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent that is given new options goes by them, by all of them. */
class NewOptionsIT {

    /** Less than any JVM has in RAM. */
    private static final long UNLOCKED_BYTES = 16 << 20;

    private static final int REPETITIONS = 6;

    /** The keeper has looked at what loading classes did to the memory pools, and has no other reason for a pass. */
    private static final long SETTLED_MILLIS = 3000;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    /** Another library's {@code munlockall} changes nothing that the keeper counts: only the period finds it. */
    @Test
    @SideBySide
    void theKeeperTakesUpItsNewPeriod() throws InterruptedException {
        try (ForkedJvm jvm = Keeping.growing(Jdk.current(), "strategy=rescan,interval=1h")
                .flags("-Xint")
                .start()) {
            Keeping.awaitStart(jvm);
            jvm.ask("munlockall");
            unlockSettled(jvm);
            Thread.sleep(SETTLED_MILLIS);
            assertThat(unlockedBytes(jvm)).as("before the old period is over").isGreaterThan(UNLOCKED_BYTES);

            attach(jvm, "strategy=rescan,interval=100ms");
            unlockSettled(jvm);
            eventually(() -> assertThat(unlockedBytes(jvm)).isLessThan(UNLOCKED_BYTES));
        }
    }

    private static void unlockSettled(ForkedJvm jvm) throws InterruptedException {
        Thread.sleep(SETTLED_MILLIS);
        jvm.ask("munlockall");
    }

    private static long unlockedBytes(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).residentUnlockedBytes();
    }

    @Test
    @SideBySide
    void itBecomesAsTalkativeAsItIsTold() {
        try (ForkedJvm jvm = started("mode=heap,log=quiet")) {
            attach(jvm, "mode=heap,log=info");
            memlock("unlock", jvm);
            jvm.awaitErrorLine("[memlock] state LOCKED -> UNLOCKED");

            attach(jvm, "mode=heap,log=quiet");
            memlock("unlock", jvm);
            assertThat(jvm.stderr().lines().filter(line -> line.contains("LOCKED ->") || line.contains("-> LOCKED")))
                    .as("%s", jvm.stderr())
                    .hasSize(1);
        }
    }

    /** The keeper may be about to look at the very moment. */
    @Test
    @SideBySide
    void aChangeOfStateIsToldOnce() {
        try (ForkedJvm jvm = started("mode=heap,interval=100ms")) {
            for (int i = 0; i < REPETITIONS; i++) {
                memlock("unlock", jvm);
                attach(jvm, "mode=heap,interval=100ms");
            }
            eventually(() -> assertThat(changesOfState(jvm)).hasSizeGreaterThanOrEqualTo(2 * REPETITIONS));
            assertThat(changesOfState(jvm)).as("%s", jvm.stderr()).hasSize(2 * REPETITIONS);
        }
    }

    private static List<String> changesOfState(ForkedJvm jvm) {
        return jvm.stderr().lines().filter(line -> line.contains(" state ")).toList();
    }

    @Test
    @SideBySide
    void theMBeanComesAndGoes() throws Exception {
        try (ForkedJvm jvm = started("mode=heap,jmx=off");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            attach(jvm, "mode=heap,jmx=on");
            client.awaitMemoryLock();
            assertThat(client.get("State")).isEqualTo("LOCKED");

            assertThatThrownBy(() -> client.invoke("lock", "mode=heap,jmx=off"))
                    .as("there would be no way back")
                    .hasMessageContaining("attach PID");
            assertThat(client.hasMemoryLock()).isTrue();
            attach(jvm, "mode=heap,jmx=off");
            eventually(() -> assertThat(client.hasMemoryLock()).isFalse());

            attach(jvm, "mode=none"); // which unlocks, and is no reason to stay away
            client.awaitMemoryLock();
            assertThat(client.get("State")).isEqualTo("UNLOCKED");
        }
    }

    private static ForkedJvm started(String options) {
        return ready(ForkedJvm.on(Jdk.current())
                .agent(options)
                .flags("-Xms64m", "-Xmx128m")
                .main(HeapApp.class)
                .start());
    }

    private static ForkedJvm ready(ForkedJvm jvm) {
        jvm.awaitLine("ready");
        return jvm;
    }

    private static void attach(ForkedJvm jvm, String options) {
        memlock("attach", jvm, options);
    }

    private static void memlock(String command, ForkedJvm jvm, String... arguments) {
        Memlock.run(command, jvm.pid(), arguments).succeeded();
    }
}
