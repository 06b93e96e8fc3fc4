// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Collector;
import io.memlock.it.harness.Eventually;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where new memory is born unlocked, the keeper locks it, soon after HotSpot mapped it. */
class RescanIT {

    private static final double PROMISE = 0.999;

    /** The promise is a second; a machine that does ten other things at a time is given more. */
    private static final long LATEST_MILLIS = 3000;

    /** By the clock, on top of that: as many times as long as the growth itself took on the same machine just before. */
    private static final int STEPS_LATE = 10;

    private static final int COLLECTIONS = 8;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @ParameterizedTest
    @MethodSource("io.memlock.it.keeping.Keeping#everyCollectorButZgc")
    void relocksWhatGrowsShrinksAndGrowsAgain(Collector collector, Jdk jdk) {
        try (ForkedJvm jvm = Keeping.growing(jdk, Keeping.REGIONS + ",strategy=rescan")
                .flags(collector.flag())
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            StringBuilder times = new StringBuilder();
            for (String step : Keeping.STEPS) {
                long begin = System.nanoTime();
                jvm.ask(step);
                long stepMillis = (System.nanoTime() - begin) / 1_000_000;
                double atOnce = coverage(truth, jvm);
                long millis = Keeping.millisUntil(() -> coverage(truth, jvm) >= PROMISE, LATEST_MILLIS);
                times.append(String.format("; %s in %d ms: %.1f %%, %d ms", step, stepMillis, 100 * atOnce, millis));
                assertThat(millis)
                        .as("ms until relocked%s%s%s", times, unlocked(truth, jvm), jvm.stderr())
                        .isBetween(0L, LATEST_MILLIS + STEPS_LATE * stepMillis);
            }
            Truth atEnd = Truth.of(jvm, jdk);
            assertThat(Keeping.millisUntil(() -> coverage(atEnd, jvm) >= PROMISE, LATEST_MILLIS))
                    .as("ms until relocked, with nodes added since%s", unlocked(atEnd, jvm))
                    .isNotNegative();
            System.out.println("[keeping] coverage after each step, then time to 99.9 %: " + collector + ", " + jdk
                    + times.toString());
        }
    }

    private static double coverage(Truth truth, ForkedJvm jvm) {
        Smaps selected = truth.selected(Smaps.of(jvm.pid()));
        return (double) selected.lockedBytes() / selected.proportionalBytes();
    }

    private static Smaps unlocked(Truth truth, ForkedJvm jvm) {
        return new Smaps(truth.selected(Smaps.of(jvm.pid())).unlocked());
    }

    /** No periodic pass does it: the interval is an hour. */
    @ParameterizedTest
    @EnumSource(names = {"SERIAL", "PARALLEL", "G1", "SHENANDOAH"})
    void relocksTheHeapSoonAfterACollection(Collector collector) {
        Jdk jdk = Jdk.newest();
        try (ForkedJvm jvm = Keeping.growing(jdk, Keeping.REGIONS + ",strategy=rescan,interval=1h")
                .flags(collector.flag())
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            String heap = Long.toHexString(truth.heap().stream()
                            .mapToLong(Truth.Range::start)
                            .min()
                            .orElseThrow())
                    + " "
                    + Long.toHexString(truth.heap().stream()
                            .mapToLong(Truth.Range::end)
                            .max()
                            .orElseThrow());
            long lockedAtStart = truth.selected(Smaps.of(jvm.pid())).lockedBytes();
            List<Long> lost = new ArrayList<>();
            List<Long> all = new ArrayList<>();
            for (int i = 1; i <= COLLECTIONS; i++) {
                jvm.ask("grow " + i * 30);
                Keeping.sleep(1000); // the keeper rests in proportion to its work
                String[] answer = jvm.ask("relock " + heap).split(" ", -1);
                assertThat(answer[1])
                        .as("%s%s", unlocked(truth, jvm), jvm.stderr())
                        .isNotEqualTo("never");
                all.add(Long.parseLong(answer[0]));
                if (answer[1].equals("lost")) {
                    lost.add(Long.parseLong(answer[0]));
                }
            }
            System.out.println("[keeping] end of a collection to relocked heap: " + collector + ", " + jdk
                    + ": median of " + lost.size() + " that lost locks " + median(lost) + " us, all in us " + all);
            assertThat(truth.selected(Smaps.of(jvm.pid())).lockedBytes())
                    .as("bytes locked after growth")
                    .isGreaterThan(lockedAtStart);
            assertThat(median(all)).as("us until relocked, of %s", all).isLessThan(LATEST_MILLIS * 1000);
            assertThat(all).as("us until relocked").allSatisfy(each -> assertThat(each)
                    .isLessThan(3 * LATEST_MILLIS * 1000)); // one may meet the moment in which the machine is late
        }
    }

    /** As no pass does, which locks nothing that is only reserved: new memory is locked before a pass looks for it. */
    @ParameterizedTest
    @EnumSource(names = {"SERIAL", "PARALLEL", "G1", "SHENANDOAH"})
    void locksAllThatTheHeapMayGrowIntoOnceItHasGrown(Collector collector) {
        Machine.require(Machine.isKernelAtLeast(5, 18), "needs Linux 5.18");
        Jdk jdk = Jdk.newest();
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=heap,strategy=rescan")
                .flags(collector.flag())
                .start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            assertThat(reservedHeap(truth, jvm))
                    .isNotEmpty()
                    .allMatch(entry -> !entry.isLocked(), "not locked before it has grown");

            jvm.ask("grow 150");

            Eventually.eventually(() -> assertThat(reservedHeap(truth, jvm))
                    .as("%s", jvm.stderr())
                    .isNotEmpty()
                    .allMatch(Smaps.Entry::isLocked));
        }
    }

    private static List<Smaps.Entry> reservedHeap(Truth truth, ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).mappings().stream()
                .filter(entry -> truth.isHeap(entry) && entry.permissions().startsWith("---"))
                .toList();
    }

    private static long median(List<Long> values) {
        return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
    }
}
