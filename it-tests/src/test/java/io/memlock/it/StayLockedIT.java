// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.HeapFile;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import java.util.List;
import java.util.LongSummaryStatistics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The promise: nothing of the JVM that is in RAM may leave it, while the JVM grows and shrinks. And at no cost in RAM. */
class StayLockedIT {

    private static final List<String> STEPS =
            List.of("grow 300", "shrink", "grow 300", "threads 200", "classes 1000", "direct 20", "exec");

    private static final long MEBIBYTE = 1 << 20;

    private static final long MOST_NOT_GIVEN_BACK_MEBIBYTES = 40;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    static List<Arguments> everyCollectorOnEveryJdk() {
        return Jdk.all().stream()
                .flatMap(jdk -> jdk.collectors().stream().map(collector -> Arguments.of(collector, jdk)))
                .toList();
    }

    @Test
    void everyCollectorAndTheOldestAndANewerJdkAreThere() {
        List<Jdk> all = Jdk.all();
        Machine.require(
                all.get(0).feature() == 17 && Jdk.newest().feature() >= 24, "needs a JDK 17 and one of 24 or newer");
        Machine.require(
                all.stream().allMatch(jdk -> jdk.collectors().containsAll(List.of(Collector.values()))),
                "needs JDKs with Serial, Parallel, G1, ZGC and Shenandoah");
    }

    @ParameterizedTest
    @MethodSource("everyCollectorOnEveryJdk")
    @SideBySide
    void keepsEverythingLockedAndNeedsNoMoreMemory(Collector collector, Jdk jdk) {
        // Two runs are never quite alike, agent or not: two without it tell how far they differ.
        try (ForkedJvm plain = describe(collector, jdk).start();
                ForkedJvm otherPlain = describe(collector, jdk).start();
                ForkedJvm locked = describe(collector, jdk).agent("mode=all").start()) {
            List<ForkedJvm> plains = List.of(plain, otherPlain);
            List<ForkedJvm> all = List.of(plain, otherPlain, locked);
            all.forEach(jvm -> jvm.awaitLine("ready"));
            for (String step : STEPS) {
                all.forEach(jvm -> jvm.ask(step));
                assertNothingUnlocked(step, locked);
                eventually(() -> {
                    try {
                        assertAlike(collector + " on " + jdk + " after " + step, plains, locked);
                    } catch (AssertionError e) {
                        // Collectors give memory back in the background, Shenandoah sometimes not before the next one.
                        all.forEach(jvm -> jvm.ask("collect"));
                        throw e;
                    }
                });
                assertNothingUnlocked(step, locked);
            }
        }
    }

    private static void assertNothingUnlocked(String step, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        assertThat(smaps.residentUnlockedBytes())
                .as("resident and not locked after %s:%s%s", step, new Smaps(smaps.unlocked()), jvm.stderr())
                .isZero();
    }

    private static void assertAlike(String when, List<ForkedJvm> plains, ForkedJvm locked) {
        LongSummaryStatistics expected =
                plains.stream().mapToLong(StayLockedIT::takenBytes).summaryStatistics();
        long arenas = plains.stream()
                .mapToLong(jvm -> Smaps.of(jvm.pid()).arenaBytes())
                .max()
                .orElseThrow();
        long arenasNow = Smaps.of(locked.pid()).arenaBytes();
        // What malloc has free it gives back with MADV_DONTNEED, which the kernel refuses on locked memory: it stays
        // until it is used again. ZGC of JDK 25 frees some 20 MiB of it after a collection.
        long notGivenBack = Math.max(0, arenasNow - arenas);
        assertThat((double) (takenBytes(locked) - notGivenBack) / MEBIBYTE)
                .as(
                        "MiB resident, %s, less %d MiB malloc cannot give back, against %d to %d MiB without the agent",
                        when, notGivenBack / MEBIBYTE, expected.getMin() / MEBIBYTE, expected.getMax() / MEBIBYTE)
                .isBetween(expected.getMin() * 0.95 / MEBIBYTE - 15, expected.getMax() * 1.05 / MEBIBYTE + 15);
        assertThat(notGivenBack / MEBIBYTE)
                .as("MiB malloc cannot give back, %s", when)
                .isLessThan(MOST_NOT_GIVEN_BACK_MEBIBYTES);
    }

    /** What is resident; of ZGC's heap all that it has committed, which is in RAM where there is no pressure. */
    private static long takenBytes(ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        List<Smaps.Entry> others = smaps.mappings().stream()
                .filter(entry -> !HeapFile.isBehind(entry))
                .toList();
        return new Smaps(others).proportionalBytes() + HeapFile.allocatedBytes(jvm.pid());
    }

    private static ForkedJvm.Builder describe(Collector collector, Jdk jdk) {
        ForkedJvm.Builder builder = ForkedJvm.on(jdk).flags(collector.flag(), "-Xms64m", "-Xmx512m");
        if (collector == Collector.PARALLEL) {
            // Its generations are sized by the time collections take: two runs are not alike, agent or not.
            builder.flags("-Xmn32m");
        }
        if (collector == Collector.ZGC) {
            // How far it grows before a collection ends differs by 68 MiB from run to run, agent or not, and after its
            // default delay of five minutes it would be given back too late for this test.
            builder.flags("-XX:ZUncommitDelay=1");
        }
        if (collector == Collector.G1) {
            // Without the agent, too, the regions that it has touched differ by 40 MiB from run to run: let it touch
            // all, and give back the free ones. The other collectors show that the lock has nothing touched.
            builder.flags("-XX:+AlwaysPreTouch", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");
        }
        return builder.main(HeapApp.class);
    }
}
