// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import io.memlock.it.keeping.Keeping;
import io.memlock.it.keeping.Truth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel answers the agent's calls at random for a minute ({@code endurance.seconds}) while the heap grows and shrinks:
 * the JVM lives, LOCKED is never false for longer than three intervals of the keeper, and once the kernel is itself again
 * everything is locked.
 */
@Tag("endurance")
class RandomFaultsIT {

    private static final int SECONDS = Integer.getInteger("endurance.seconds", 60);
    private static final double[] PROBABILITIES = {0.1, 0.4, 1.0};
    private static final List<String> LIFE = List.of("grow 250", "shrink", "classes 200", "grow 350", "shrink");
    private static final int SECONDS_PER_STEP = 3;
    private static final int SECONDS_PER_PROGRESS = 20;

    /** Three intervals of the keeper. */
    private static final long LONGEST_FALSE_MILLIS = 3000;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            for (Collector collector : new Collector[] {Collector.G1, Collector.ZGC}) {
                for (String options : new String[] {"", Keeping.REGIONS + ",strategy=rescan"}) {
                    for (double probability : PROBABILITIES) {
                        cases.add(Arguments.of(jdk, collector, options, probability));
                    }
                }
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}")
    @MethodSource("cases")
    void lockedIsNeverFalseForLong(Jdk jdk, Collector collector, String options, double probability) throws Exception {
        String name = jdk + ", " + collector + ", " + options + ", p=" + probability;
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = Keeping.growing(jdk, options)
                        .wrapper(FaultyKernel.wrapper())
                        .flags(collector.flag())
                        .flags(JmxClient.remoteFlags(port))
                        .start();
                FaultyKernel kernel = FaultyKernel.of(jvm)) {
            Keeping.awaitStart(jvm);
            try (JmxClient jmx = JmxClient.connect(port).awaitMemoryLock()) {
                LockedClaim claim = new LockedClaim(jmx, unlocked(jvm, jdk, options));
                eventually(claim::assertTrue);

                kernel.fail(probability);
                try {
                    live(name, jvm, kernel, claim);
                } catch (IOException e) {
                    throw new AssertionError(name + ": no answer, alive: " + jvm.isAlive() + "\n" + jvm.stderr(), e);
                }
                kernel.fail(0);

                assertThat(kernel.faults()).as("%s", kernel).isPositive();
                long start = System.nanoTime();
                eventually(claim::assertTrue);
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.out.println("[endurance] " + name + ": locked again after " + millis + " ms");
            }
            jvm.send("exit");
            assertThat(jvm.awaitExit().exitStatus()).as(jvm.stderr()).isZero();
        }
    }

    private static void live(String name, ForkedJvm jvm, FaultyKernel kernel, LockedClaim claim) throws Exception {
        Map<String, Integer> states = new TreeMap<>();
        long longest = 0;
        for (int second = 0; second < SECONDS; second++) {
            if (second % SECONDS_PER_STEP == 0) {
                jvm.send(LIFE.get(second / SECONDS_PER_STEP % LIFE.size()));
            }
            longest = Math.max(longest, claim.falseForNanos() / 1_000_000);
            states.merge(claim.lastState(), 1, Integer::sum);
            if (second % SECONDS_PER_PROGRESS == SECONDS_PER_PROGRESS - 1 || second == SECONDS - 1) {
                System.out.println("[endurance] " + name + ": " + (second + 1) + " of " + SECONDS + " s, " + kernel
                        + ", " + states + ", LOCKED false for at most " + longest + " ms");
            }
            assertThat(jvm.isAlive()).as("alive%n%s", jvm.stderr()).isTrue();
            assertThat(longest)
                    .as("ms for which LOCKED was false, %s, %s%n%s", kernel, claim, jvm.stderr())
                    .isLessThanOrEqualTo(LONGEST_FALSE_MILLIS);
            Keeping.sleep(1000);
        }
    }

    /** What is resident, selected by the options, and not locked. */
    private static Supplier<List<Smaps.Entry>> unlocked(ForkedJvm jvm, Jdk jdk, String options) {
        if (options.isEmpty()) {
            return () -> Keeping.accessibleUnlocked(jvm);
        }
        Truth truth = Truth.of(jvm, jdk);
        return () -> truth.selected(Smaps.of(jvm.pid())).unlocked();
    }
}
