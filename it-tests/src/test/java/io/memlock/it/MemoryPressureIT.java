// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import org.junit.jupiter.api.Test;

/** Why one locks at all: a neighbour that needs memory gets it from whoever did not. */
class MemoryPressureIT {

    private static final long LIMIT_BYTES = 400L << 20;
    private static final int SWAP_MEGABYTES = 512;

    @Test
    void neighbourPushesAnUnlockedJvmIntoSwapAndALockedOneNot() {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES)) {
            assertThat(swappedUnderPressure(ForkedJvm.on(Jdk.current()), false))
                    .as("bytes of the unlocked JVM in %s: without them this test proves nothing", swap)
                    .isPositive();
            assertThat(swappedUnderPressure(ForkedJvm.on(Jdk.current()).agent(""), true))
                    .as("bytes of the locked JVM in %s", swap)
                    .isZero();
        }
    }

    /** In so small a container new memory is born unlocked: the pressure begins when the keeper has seen it. */
    private static long swappedUnderPressure(ForkedJvm.Builder idle, boolean isLocked) {
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(LIMIT_BYTES);
                ForkedJvm jvm = heapApp(idle, cgroup);
                ForkedJvm neighbour = heapApp(ForkedJvm.on(Jdk.current()), cgroup)) {
            jvm.awaitLine("ready");
            neighbour.awaitLine("ready");
            jvm.ask("grow 150");
            if (isLocked) {
                eventually(() ->
                        assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
            }

            Pressure.take(neighbour, 250);

            return Smaps.of(jvm.pid()).swappedBytes();
        }
    }

    private static ForkedJvm heapApp(ForkedJvm.Builder builder, MemoryCgroup cgroup) {
        return builder.wrapper(cgroup.wrapper())
                .flags("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m")
                .main(HeapApp.class)
                .start();
    }
}
