// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.FlightRecording;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SwapFile;
import io.memlock.it.keeping.Keeping;
import io.memlock.jmc.MemoryLockRule;
import java.nio.file.Path;
import java.util.concurrent.RunnableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.ResultProvider;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/** What the rule of JDK Mission Control says of recordings that real JVMs made. */
class MissionControlIT {

    private static final long LIMIT_BYTES = 400L << 20;
    private static final int SWAP_MEGABYTES = 512;

    @TempDir
    Path directory;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    void warnsOnlyOfWhatAnotherPartyUnlocked(Jdk jdk) {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=all,strategy=future")
                .flags("-XX:StartFlightRecording")
                .start()) {
            Keeping.awaitStart(jvm);
            eventually(() -> {
                IResult result = judge(jdk, jvm);
                assertThat(result.getSeverity()).as(result.getExplanation()).isIn(Severity.OK, Severity.INFO);
                assertThat(result.getExplanation())
                        .as("a JVM that starts may have paused while it read a file, and nothing else")
                        .containsPattern("each of \\d+ recorded states was LOCKED|^\\d+ pauses? coincides?[^\\n]*$");
            });

            assertThat(jvm.ask("munlockall")).isEqualTo("0");

            eventually(() -> {
                IResult result = judge(jdk, jvm);
                assertThat(result.getSeverity()).as(result.getExplanation()).isEqualTo(Severity.WARNING);
                assertThat(result.getExplanation())
                        .containsPattern("Coverage of .*heap.* was lost for some of the time between ")
                        .contains("Reason: unlocked by another party. It was locked again.");
            });
        }
    }

    @EachJdk
    void doesNotApplyToAJvmWithoutTheAgent(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-XX:StartFlightRecording")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");

            assertThat(judge(jdk, jvm).getSeverity()).isEqualTo(Severity.NA);
        }
    }

    @Test
    void saysThatAPauseReadPagesFromSwap() {
        Jdk jdk = Jdk.current();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(LIMIT_BYTES);
                ForkedJvm jvm =
                        heapApp(ForkedJvm.on(jdk).agent("mode=none").flags("-XX:StartFlightRecording"), cgroup);
                ForkedJvm neighbour = heapApp(ForkedJvm.on(jdk), cgroup)) {
            jvm.awaitLine("ready");
            neighbour.awaitLine("ready");
            eventually(() -> assertThat(judge(jdk, jvm).getSeverity()).isNotEqualTo(Severity.NA));
            jvm.ask("grow 150");
            Pressure.take(neighbour, 250);
            assertThat(ProcStatus.of(jvm.pid()).swappedBytes())
                    .as("bytes of the JVM in %s: without them this test proves nothing", swap)
                    .isPositive();

            jvm.ask("collect");

            eventually(() -> {
                IResult result = judge(jdk, jvm);
                assertThat(result.getExplanation())
                        .contains("Nothing was to be locked (state UNLOCKED")
                        .containsPattern(
                                "pauses? coincides? with major page faults\\. The longest took .* [1-9]\\d* pages");
                assertThat(result.getSolution()).containsPattern("(was|have been) in swap");
            });
        }
    }

    private static ForkedJvm heapApp(ForkedJvm.Builder builder, MemoryCgroup cgroup) {
        return builder.wrapper(cgroup.wrapper())
                .flags("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m")
                .main(HeapApp.class)
                .start();
    }

    private IResult judge(Jdk jdk, ForkedJvm jvm) throws Exception {
        Path file = FlightRecording.dump(jdk, jvm, directory);
        RunnableFuture<IResult> evaluation = new MemoryLockRule()
                .createEvaluation(
                        JfrLoaderToolkit.loadEvents(file.toFile()),
                        IPreferenceValueProvider.DEFAULT_VALUES,
                        new ResultProvider());
        evaluation.run();
        return evaluation.get();
    }
}
