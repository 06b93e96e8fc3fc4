// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where new memory is born locked, what is selected is never unlocked, and what is not selected not long locked. */
class FutureIT {

    private static final long PERIOD_MILLIS = 1000;

    /** Until a pass begins, and another for what is mapped while it goes on; as much again for what both take. */
    private static final long LATEST_MILLIS = 3 * PERIOD_MILLIS;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
        KeeperCpu.require();
    }

    @ParameterizedTest
    @MethodSource("io.memlock.it.keeping.Keeping#everyCollector")
    void theSelectionIsLockedAtEverySampleAndTheRestIsSoonNot(Collector collector, Jdk jdk) {
        try (ForkedJvm jvm = Keeping.growing(jdk, Keeping.REGIONS + ",strategy=future")
                .flags(collector.flag())
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            StringBuilder times = new StringBuilder();
            long samples;
            long unlocked;
            // The keeper has its first look while the JVM is small: of a large one it cannot tell each single page.
            assertThat(Keeping.millisUntil(() -> surplus(truth, jvm).mappings().isEmpty(), LATEST_MILLIS))
                    .as("ms until what came before is unlocked%s%s", surplus(truth, jvm), jvm.stderr())
                    .isNotNegative();
            try (Sampler sampler =
                    new Sampler(() -> truth.selected(Smaps.of(jvm.pid())).residentUnlockedBytes(), 20)) {
                KeeperCpu keeper = KeeperCpu.of(jvm.pid());
                for (String step : Keeping.STEPS) {
                    jvm.ask(step);
                    long millis = Keeping.millisUntil(
                            () -> surplus(truth, jvm).mappings().isEmpty(), () -> keeper.patienceMillis(LATEST_MILLIS));
                    times.append("; ").append(step).append(": ").append(millis).append(" ms");
                    assertThat(millis)
                            .as("ms until the rest is unlocked%s%s%s", times, surplus(truth, jvm), jvm.stderr())
                            .isNotNegative();
                }
                samples = sampler.samples();
                unlocked = sampler.largest();
            }
            System.out.println("[keeping] future: " + collector + ", " + jdk + ", " + samples
                    + " samples, most bytes unlocked " + unlocked + "; unselected unlocked after" + times);
            assertThat(unlocked)
                    .as("bytes of the selection unlocked at any of %s samples", samples)
                    .isZero();
        }
    }

    /** What is locked and resident though nobody asked for it. */
    private static Smaps surplus(Truth truth, ForkedJvm jvm) {
        Predicate<Smaps.Entry> locked = entry -> entry.isLocked() && entry.rss() > 0;
        return new Smaps(truth.others(Smaps.of(jvm.pid())).mappings().stream()
                .filter(locked)
                .toList());
    }
}
