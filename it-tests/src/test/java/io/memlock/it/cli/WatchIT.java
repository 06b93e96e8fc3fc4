// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code watch} shows, how, and what it costs. */
class WatchIT {

    private static final String UP_ONE_LINE = "\u001b[1F";
    private static final int MEASURED_SECONDS = 10;

    /** The promise is 1 %; other work on the machine costs caches, and the clock of stat ticks in hundredths. */
    private static final double MOST_PERCENT = 3;

    /** In the first its code is still being compiled, and what else runs on the machine raises some. The first calm one decides. */
    private static final int WINDOWS = 3;

    @EachJdk
    void showsTheRelocksThatTheAgentCounts(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = started(jdk, "-XX:+UsePerfData", AgentJar.javaagent("strategy=rescan"))) {
            jvm.ask("grow 100");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                eventually(() -> {
                    long counted = client.getLong("RelockCount");
                    assertThat(counted).isPositive();
                    assertThat(look(jvm).get("relocks").asLong()).isGreaterThanOrEqualTo(counted);
                });
                assertThat(look(jvm).get("relocks").asLong()).isLessThanOrEqualTo(client.getLong("RelockCount"));
            }
        }
    }

    @EachJdk
    void relocksAreUnknownWhereTheyAreNotPublished(Jdk jdk) throws Exception {
        try (ForkedJvm noAgent = started(jdk, "-XX:+UsePerfData")) {
            assertThat(look(noAgent).get("relocks").isNull()).isTrue();
        }
        for (String flag : List.of("-XX:-UsePerfData", "-XX:+PerfDisableSharedMem")) {
            try (ForkedJvm noCounters = started(jdk, flag, AgentJar.javaagent("mode=none"))) {
                noCounters.awaitErrorLine("[memlock]");
                assertThat(look(noCounters).get("relocks").isNull()).as(flag).isTrue();
                assertThat(noCounters.ask("grow 20")).isNotEmpty();
            }
        }
    }

    @Test
    void redrawsItsLineOnATerminal() {
        Machine.require(Machine.hasCommand("script"), "needs the command script, for a terminal");
        try (ForkedJvm jvm = started(Jdk.current())) {
            String watch = String.join(" ", Memlock.command("watch", jvm.pid(), "--interval=200ms", "--count=4"));

            Outcome terminal = Commands.run("env", "TERM=xterm", "script", "-qec", watch, "/dev/null")
                    .succeeded();
            assertThat(terminal.stdout().split("MAJFLT/S", -1)).as("titles").hasSize(2);
            assertThat(terminal.stdout().split(Pattern.quote(UP_ONE_LINE), -1))
                    .as("%s", terminal)
                    .hasSize(4);
            assertThat(terminal.stdout().lines().toList()).allSatisfy(line -> assertThat(line.stripTrailing())
                    .as("neither wraps nor leaves anything behind it")
                    .contains("\u001b[?7l")
                    .endsWith("\u001b[K\u001b[?7h"));
        }
    }

    /** As Ctrl-Z and fg do. */
    @Test
    void makesUpForNoLookAfterItWasStopped() throws Exception {
        try (ForkedJvm jvm = started(Jdk.current())) {
            Process watch = Commands.process(Memlock.command("watch", jvm.pid(), "--interval=100ms"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < 4; i++) {
                    assertThat(lines.readLine()).isNotNull();
                }
                Commands.run("kill", "-STOP", Long.toString(watch.pid())).succeeded();
                TimeUnit.SECONDS.sleep(3);
                while (lines.ready()) { // it was stopped only after this one
                    lines.readLine();
                }
                Commands.run("kill", "-CONT", Long.toString(watch.pid())).succeeded();

                long start = System.nanoTime();
                for (int i = 0; i < 12; i++) {
                    assertThat(lines.readLine()).isNotNull();
                }
                assertThat((System.nanoTime() - start) / 1e9)
                        .as("seconds for twelve looks")
                        .isGreaterThan(0.6);
            } finally {
                watch.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
            }
        }
    }

    @Test
    void costsHardlyAnyCpu() throws Exception {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = started(Jdk.current(), AgentJar.javaagent(""))) {
            jvm.ask("grow 150");
            Process watch = Commands.process(Memlock.command("watch", jvm.pid()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).contains("JVM " + jvm.pid());
                lines.readLine(); // the titles
                lines.readLine();
                List<Double> percents = new ArrayList<>();
                do {
                    percents.add(percentOfCpu(watch, lines));
                } while (percents.size() < WINDOWS && Collections.min(percents) >= MOST_PERCENT);
                System.out.println("[watch] a look a second, per cent of a CPU: " + percents);
                assertThat(Collections.min(percents))
                        .as("per cent of one CPU: %s", percents)
                        .isLessThan(MOST_PERCENT);
            } finally {
                watch.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
            }
        }
    }

    private static double percentOfCpu(Process watch, BufferedReader lines) throws IOException {
        double before = ProcStatus.of(watch.pid()).cpuSeconds();
        long start = System.nanoTime();
        for (int i = 0; i < MEASURED_SECONDS; i++) {
            assertThat(lines.readLine()).contains("100 %");
        }
        double wall = (System.nanoTime() - start) / 1e9;
        return 100 * (ProcStatus.of(watch.pid()).cpuSeconds() - before) / wall;
    }

    private static JsonNode look(ForkedJvm jvm) throws Exception {
        Outcome watch = Memlock.run("watch", jvm.pid(), "--count=1", "--interval=100ms", "--json")
                .succeeded();
        return new ObjectMapper().readTree(watch.stdout());
    }

    private static ForkedJvm started(Jdk jdk, String... flags) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-Xms32m", "-Xmx256m")
                .flags(flags)
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }
}
