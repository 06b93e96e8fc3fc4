// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.memlock.bench.contender.ContenderJar;
import io.memlock.bench.contender.MlockallAgent;
import io.memlock.bench.pressure.PressureCase;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.bench.pressure.StallRun;
import io.memlock.bench.service.FootprintApp;
import io.memlock.bench.startup.TimedProcess;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.Strace;
import io.memlock.it.harness.SwapFile;
import io.memlock.os.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Ratios that hold on any machine, generously bounded. How far from the bounds we are, the benchmarks tell. */
class RegressionGuardIT {

    private static final int ON_FAULT = Linux.MCL_CURRENT | Linux.MCL_FUTURE | Linux.MCL_ONFAULT;
    private static final List<String> G1 = List.of("-XX:+UseG1GC");

    @Test
    void lockedServiceHasNoMajorFaultsWhereAnUnlockedOneHasMany() throws InterruptedException {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(1024)) {
            assertThat(swap).isNotNull();
            Pressure.readFiles(Jdk.current().home().resolve("lib"));
            Pressure.readFiles(AgentJar.path());
            Pressure.readFiles(AgentJar.testClasses());
            Pressure.readFiles(AgentJar.codeOf(Histogram.class));
            PressureRun run =
                    new PressureRun(Jdk.current(), PressureCase.heapFixed().lasting(0, 4));

            Map<String, Double> unlocked = run.run(G1, PressureRun.Neighbour.GREEDY);
            Map<String, Double> locked =
                    run.run(List.of(G1.get(0), AgentJar.javaagent("mode=all")), PressureRun.Neighbour.GREEDY);

            assertThat(unlocked.get("majorFaults")).as("no lock: %s", unlocked).isGreaterThan(100);
            assertThat(locked.get("majorFaults")).as("mode=all: %s", locked).isZero();
            assertThat(locked.get("swappedMegabytes"))
                    .as("mode=all: %s", locked)
                    .isZero();
        }
    }

    /** Makes an agent that only loads JNA and calls {@code mlockall}. */
    private static Path jnaAndMlockall() {
        Path directory = AgentJar.testClasses().resolveSibling("contenders");
        return ContenderJar.make(directory, MlockallAgent.class, List.of(AgentJar.codeOf(Native.class)));
    }

    @Test
    void startsFasterThanAnAgentThatOnlyLoadsJnaAndLocks() throws Exception {
        Machine.requireUnlimitedLocking();
        Path jna = jnaAndMlockall();
        Comparison cpuMillis = Comparison.of(
                7,
                1.0,
                () -> cpuMillis(AgentJar.javaagent("mode=all,log=quiet")),
                () -> cpuMillis("-javaagent:" + jna + "=" + ON_FAULT));

        assertThat(cpuMillis.ratio())
                .as("CPU ms of hello world, to JNA and mlockall: %s", cpuMillis)
                .isLessThanOrEqualTo(1.0);
    }

    @Test
    void lockingALiveJvmStallsItLessThanOneCall() throws Exception {
        Machine.requireUnlimitedLocking();
        Path jna = jnaAndMlockall();
        StallRun stall = new StallRun(Jdk.current(), 1024, StallRun.Load.NOW_AND_THEN);
        Comparison worst =
                Comparison.of(3, 0.5, () -> stall.attachOurs("mode=all").get("max"), () -> stall.attach(
                                jna, Integer.toString(ON_FAULT))
                        .get("max"));

        assertThat(worst.ratio())
                .as("worst mmap in microseconds, to one mlockall: %s", worst)
                .isLessThan(0.5);
    }

    @Test
    void prefaultsFasterThanAJvmTouchesItsHeapAndThenLocksIt() throws Exception {
        Machine.requireUnlimitedLocking();
        Path jna = jnaAndMlockall();
        Comparison wallMillis = Comparison.of(
                3,
                1.0,
                () -> wallMillis(AgentJar.javaagent("mode=all,prefault=heap,log=quiet")),
                () -> wallMillis("-XX:+AlwaysPreTouch", "-javaagent:" + jna + "=" + Linux.MCL_CURRENT));

        System.out.println("[prefault] 2 GiB heap, wall ms of the whole process, to AlwaysPreTouch and then mlockall: "
                + wallMillis);
        assertThat(wallMillis.ratio()).as("wall ms: %s", wallMillis).isLessThan(1.0);
    }

    /** Seen by what the thread that reads them asks of the kernel: how long it takes, a busy machine decides. */
    @Test
    void attributeReadsWalkNoPageTables() {
        List<String> calls = trace("attributes").calls();

        assertThat(calls).anyMatch(call -> call.contains("/status"));
        assertThat(calls).noneMatch(RegressionGuardIT::walksPageTables);
    }

    /** While page tables are walked nobody maps memory: the application would feel it. */
    @Test
    void eightThreadsThatRefreshWithoutPauseWalkPageTablesOnceASecondAtMost() {
        Traced flood = trace("flood");

        assertThat(flood.answer()).matches("refreshes=\\d{3,}");
        assertThat(flood.calls().stream()
                        .filter(RegressionGuardIT::walksPageTables)
                        .filter(call -> call.contains("open")))
                .hasSizeLessThanOrEqualTo(4);
    }

    private static boolean walksPageTables(String call) {
        return call.contains("smaps") || call.contains("pagemap");
    }

    /** The application's answer, and the system calls of all threads but the agent's meanwhile. */
    private record Traced(String answer, List<String> calls) {}

    private static Traced trace(String command) {
        Strace.require();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("mode=all")
                .flags("-Xms64m", "-Xmx64m", G1.get(0))
                .main(FootprintApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("jmx"); // by now the bean is there
            try (Strace strace = Strace.attach(jvm.pid(), "open,openat,read,pread64")) {
                String answer = jvm.ask(command);
                return new Traced(answer, strace.callsExceptOf("memlock-"));
            }
        }
    }

    private static double cpuMillis(String agent) {
        List<String> command = ForkedJvm.on(Jdk.current())
                .flags(agent, "-Xms64m", "-Xmx256m")
                .main(HelloApp.class)
                .command();
        return TimedProcess.run(command).get("cpuMillis");
    }

    private static double wallMillis(String... flags) {
        List<String> command = ForkedJvm.on(Jdk.current())
                .flags(flags)
                .flags("-Xms2g", "-Xmx2g", G1.get(0), "-XX:-UseTransparentHugePages")
                .main(HelloApp.class)
                .command();
        return TimedProcess.run(command).get("wallMillis");
    }

    /**
     * Ours and theirs, measured in turn. What else runs on the machine can only add to a measurement, so the least of each
     * counts.
     */
    private record Comparison(List<Double> ours, List<Double> theirs) {

        private static final int MOST_ROUNDS = 10;

        /** Measures so many times, and goes on while the ratio is not below what it should be: most rounds may be disturbed. */
        static Comparison of(int rounds, double bound, Callable<Double> ours, Callable<Double> theirs)
                throws Exception {
            Comparison comparison = new Comparison(new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round < rounds || (round < MOST_ROUNDS && comparison.ratio() >= bound); round++) {
                comparison.ours.add(ours.call());
                comparison.theirs.add(theirs.call());
            }
            return comparison;
        }

        double ratio() {
            return Collections.min(ours) / Collections.min(theirs);
        }

        @Override
        public String toString() {
            return String.format("%.2f times, ours %s, theirs %s", ratio(), ours, theirs);
        }
    }
}
