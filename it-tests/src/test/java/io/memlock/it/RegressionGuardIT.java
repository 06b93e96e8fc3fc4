// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.bench.pressure.PressureCase;
import io.memlock.bench.pressure.PressureRun;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SwapFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ratios that hold on any machine, generously bounded. How far from the bounds we are, the benchmarks tell. */
class RegressionGuardIT {

    private static final List<String> G1 = List.of("-XX:+UseG1GC");

    @Test
    void lockedServiceHasNoMajorFaultsWhereAnUnlockedOneHasMany() throws InterruptedException {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(1024)) {
            assertThat(swap).isNotNull();
            PressureRun run =
                    new PressureRun(Jdk.current(), PressureCase.heapFixed().lasting(0, 4));

            Map<String, Double> unlocked = run.run(G1, true);
            Map<String, Double> locked = run.run(List.of(G1.get(0), AgentJar.javaagent("mode=all")), true);

            assertThat(unlocked.get("majorFaults")).as("no lock: %s", unlocked).isGreaterThan(100);
            assertThat(locked.get("majorFaults")).as("mode=all: %s", locked).isZero();
            assertThat(locked.get("swappedMegabytes"))
                    .as("mode=all: %s", locked)
                    .isZero();
        }
    }
}
