// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.util.List;
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
    void keepsEverythingLockedAndNeedsNoMoreMemory(Collector collector, Jdk jdk) {
        try (ForkedJvm plain = describe(collector, jdk).start();
                ForkedJvm locked = describe(collector, jdk).agent("mode=all").start()) {
            plain.awaitLine("ready");
            locked.awaitLine("ready");
            for (String step : STEPS) {
                plain.ask(step);
                locked.ask(step);
                assertNothingUnlocked(step, locked);
                // The collectors give memory back to the system in the background: wait for both to have done so.
                eventually(() -> assertAlike(step, plain, locked));
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

    private static void assertAlike(String step, ForkedJvm plain, ForkedJvm locked) {
        long expected = Smaps.of(plain.pid()).proportionalBytes();
        long actual = Smaps.of(locked.pid()).proportionalBytes();
        assertThat((double) actual / MEBIBYTE)
                .as("MiB resident after %s, against %s MiB without the agent", step, expected / MEBIBYTE)
                .isBetween(expected * 0.95 / MEBIBYTE - 15, expected * 1.05 / MEBIBYTE + 15);
    }

    private static ForkedJvm.Builder describe(Collector collector, Jdk jdk) {
        ForkedJvm.Builder builder = ForkedJvm.on(jdk).flags(collector.flag(), "-Xms64m", "-Xmx512m");
        if (collector == Collector.PARALLEL) {
            // Its generations are sized by the time collections take: two runs are not alike, agent or not.
            builder.flags("-Xmn32m");
        }
        return builder.main(HeapApp.class);
    }
}
