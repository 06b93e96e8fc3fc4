// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.ChurnApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.keeping.KeeperCpu;
import io.memlock.it.keeping.Keeping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * An hour ({@code endurance.soak.minutes}) of a busy JVM whose lock is looked at and asked for again and again: what it
 * takes is what it took after the first tenth, the keeper costs little, and everything is locked.
 */
@Tag("endurance")
class SoakIT {

    private static final Duration SOAK = Duration.ofMinutes(Integer.getInteger("endurance.soak.minutes", 60));
    private static final double MOST_KEEPER_PERCENT = 2;
    private static final int FILE_BYTES = 20 << 20;
    private static final int ROUNDS_PER_PROGRESS = 5;
    private static final long PAUSE_MILLIS = 1000;

    /** So many kinds of them. */
    private static final int LOOKS = 4;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
        KeeperCpu.require();
    }

    @EachJdk
    void nothingGrowsAndEverythingStaysLocked(Jdk jdk, @TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("data"), new byte[FILE_BYTES]);
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags(Collector.G1.flag(), "-Xms32m", "-Xmx400m")
                .main(ChurnApp.class)
                .start()) {
            Keeping.awaitStart(jvm);
            long start = System.nanoTime();
            live(jvm, jdk, file, start + SOAK.toNanos() / 10);
            Footprint first = Footprint.of(jvm, jdk);
            KeeperCpu keeper = KeeperCpu.of(jvm.pid());
            long cpuBefore = keeper.nanos();
            long before = System.nanoTime();

            live(jvm, jdk, file, start + SOAK.toNanos());

            double percent = 100.0 * (keeper.nanos() - cpuBefore) / (System.nanoTime() - before);
            System.out.println(String.format("[endurance] soak, %s: keeper %.2f %% of a CPU", jdk, percent));
            assertThat(percent).as("per cent of one CPU").isLessThan(MOST_KEEPER_PERCENT);
            eventually(() -> Footprint.of(jvm, jdk).assertNotGrownSince(first));
            assertLocked(jvm);
        }
    }

    /** Until then, on to the end of the round, and until each look was taken. */
    private static void live(ForkedJvm jvm, Jdk jdk, Path file, long untilNanos) throws Exception {
        List<String> steps = List.of("grow 200", "passthreads 50", "passclasses 200", "passfile " + file, "shrink");
        for (int round = 1; System.nanoTime() < untilNanos || round <= LOOKS; round++) {
            for (String step : steps) {
                jvm.ask(step);
                Keeping.sleep(PAUSE_MILLIS);
            }
            look(jvm, round);
            if (round % ROUNDS_PER_PROGRESS == 0) {
                System.out.println("[endurance] soak, " + jdk + ": " + (untilNanos - System.nanoTime()) / 1_000_000_000
                        + " s left, " + Footprint.of(jvm, jdk));
            }
        }
    }

    private static void look(ForkedJvm jvm, int round) throws Exception {
        switch (round % LOOKS) {
            case 0 -> assertSucceeds(Memlock.run("status", jvm.pid()));
            case 1 -> assertSucceeds(Memlock.run("watch", jvm.pid(), "--count=2", "--interval=200ms"));
            case 2 -> assertSucceeds(Memlock.run("attach", jvm.pid(), "mode=all"));
            default -> assertLocked(jvm);
        }
    }

    private static void assertSucceeds(Outcome command) {
        assertThat(command.exitStatus()).as("%s", command).isZero();
    }

    private static void assertLocked(ForkedJvm jvm) throws Exception {
        try (JmxClient jmx = JmxClient.attach(jvm.pid())) {
            jmx.awaitMemoryLock().invoke("refresh");
            LockedClaim claim = new LockedClaim(jmx, () -> Keeping.accessibleUnlocked(jvm));
            eventually(claim::assertTrue);
            assertThat((String) jmx.invoke("diagnose")).contains("limit: unlimited");
        }
    }
}
