// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.FillingApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SwapFile;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A JVM that needs more memory than its container has lives by swap without the agent; so it lives with it. One at a time: two
 * would wait for the same disk.
 */
class OutgrownIT {

    private static final long CGROUP_BYTES = 400L << 20;
    private static final int SWAP_MEGABYTES = 1024;
    private static final int LIVE_MEGABYTES = 500;

    static List<Arguments> cases() {
        return Jdk.all().stream()
                .flatMap(jdk -> Stream.of(
                        Arguments.of(jdk, Collector.SERIAL, "64m"),
                        Arguments.of(jdk, Collector.SERIAL, "1200m"),
                        Arguments.of(jdk, Collector.G1, "64m"),
                        Arguments.of(jdk, Collector.G1, "1200m")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aHeapLargerThanTheContainerIsUnlockedAsItFills(Jdk jdk, Collector collector, String firstHeap) {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .agent("mode=all")
                        .flags(collector.flag(), "-Xms" + firstHeap, "-Xmx1200m")
                        .main(FillingApp.class, String.valueOf(LIVE_MEGABYTES))
                        .start()) {
            awaitFull(jvm, cgroup);

            eventually(() -> assertThat(jvm.stderr())
                    .as("with %s", swap)
                    .contains(" -> FAILED", "all is unlocked now", "the memory cgroup allows 400.0 MiB"));
            eventually(() -> assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero());
        }
    }

    @EachJdk
    void anAttachThatWouldKillLocksNothingAndSaysSo(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .flags(Collector.SERIAL.flag(), "-Xmx1200m")
                        .main(FillingApp.class, String.valueOf(LIVE_MEGABYTES))
                        .start()) {
            awaitFull(jvm, cgroup);

            Outcome attach = Commands.run(Memlock.command(jdk, "attach", jvm.pid()));

            assertThat(attach.exitStatus()).as("%s, %s", attach, swap).isEqualTo(1);
            assertThat(attach.stdout() + attach.stderr()).contains("nothing is locked", "OOM killer");
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
            assertThat(jvm.isAlive()).isTrue();
        }
    }

    /** Waits until it is full. If it dies before, says whether the OOM killer came. */
    private static void awaitFull(ForkedJvm jvm, MemoryCgroup cgroup) {
        try {
            jvm.awaitLine("full");
        } catch (AssertionError e) {
            throw new AssertionError("the OOM killer came " + cgroup.oomKills() + " times: " + e.getMessage(), e);
        }
    }
}
