// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Smaps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent that is given new options goes by them, by all of them. */
class NewOptionsIT {

    private static final int MEGABYTES = 48;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @Test
    void theKeeperTakesUpItsNewPeriod() {
        try (ForkedJvm jvm = started("strategy=rescan,interval=1h")) {
            attach(jvm, "strategy=rescan,interval=100ms");

            jvm.ask("direct " + MEGABYTES); // no memory pool of the JVM grows by it: only the period finds it

            eventually(() ->
                    assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isLessThan((long) MEGABYTES << 19));
        }
    }

    @Test
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

    @Test
    void theMBeanComesAndGoes() throws Exception {
        try (ForkedJvm jvm = started("mode=heap,jmx=off");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            attach(jvm, "mode=heap,jmx=on");
            client.awaitMemoryLock();
            assertThat(client.get("State")).isEqualTo("LOCKED");

            assertThat(client.invoke("lock", "mode=heap,jmx=off"))
                    .as("is answered by the MBean that goes")
                    .asString()
                    .startsWith("LOCKED");
            eventually(() -> assertThat(client.hasMemoryLock()).isFalse());

            attach(jvm, "mode=none"); // which unlocks, and is no reason to stay away
            client.awaitMemoryLock();
            assertThat(client.get("State")).isEqualTo("UNLOCKED");
        }
    }

    private static ForkedJvm started(String options) {
        ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent(options)
                .flags("-Xms64m", "-Xmx128m")
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static void attach(ForkedJvm jvm, String options) {
        memlock("attach", jvm, options);
    }

    private static void memlock(String command, ForkedJvm jvm, String... arguments) {
        List<String> words = new ArrayList<>(
                List.of(Jdk.current().java().toString(), "-jar", AgentJar.path().toString()));
        words.addAll(List.of(command, Long.toString(jvm.pid())));
        words.addAll(List.of(arguments));
        Outcome outcome = Commands.run(words);
        assertThat(outcome.exitStatus()).as("%s", outcome).isZero();
    }
}
