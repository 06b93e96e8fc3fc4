// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.KeepingApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that starts as root and drops it: CAP_IPC_LOCK goes, and the limit on locked memory applies from then on. */
class DropRootIT {

    private static final long KERNEL_DEFAULT_BYTES = 8 << 20;
    private static final int NOBODY = 65_534;

    @BeforeAll
    static void needsRoot() {
        Machine.require(Machine.isAdmin() && Machine.hasCommand("setpriv"), "needs setpriv and root, to drop it");
        Machine.requireUnlimitedLocking();
    }

    /** As root it locks what it likes, but cannot raise the limit that applies afterwards. */
    private static ForkedJvm.Builder limitedWithoutRoot(ForkedJvm.Builder application) {
        return application
                .wrapper(Wrappers.memlockLimit(KERNEL_DEFAULT_BYTES))
                .wrapper(List.of("setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"))
                .flags("-Xms32m", "-Xmx1g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Serial", "G1"})
    void livesThoughItGrowsAtOnce(String collector) {
        for (Jdk jdk : Jdk.all()) {
            for (int run = 0; run < 3; run++) {
                try (ForkedJvm jvm = limitedWithoutRoot(Keeping.app(jdk, "mode=all"))
                        .flags("-XX:+Use" + collector + "GC")
                        .start()) {
                    Keeping.awaitStart(jvm);
                    assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isGreaterThan(KERNEL_DEFAULT_BYTES);

                    assertThat(jvm.ask("dropandgrow " + NOBODY + " 300")).startsWith("grow 300");
                    assertThat(jvm.awaitErrorLine("[memlock] CAP_IPC_LOCK was dropped: a limit applies"))
                            .isNotEmpty();
                    jvm.ask("shrink");
                    assertThat(jvm.ask("grow 200")).as("%s, run %s", jdk, run).startsWith("grow 200");
                }
            }
        }
    }

    /** From the end of the attach on: its keeper begins only after a scan. */
    @EachJdk
    void livesThoughItGrowsAtOnceAfterAnAttach(Jdk jdk) {
        try (ForkedJvm jvm = limitedWithoutRoot(ForkedJvm.on(jdk).withJna().main(KeepingApp.class))
                .flags("-XX:+UseSerialGC")
                .start()) {
            jvm.awaitLine("ready");
            livesThoughItGrowsAfterAnAttach(jvm);
        }
    }

    /** As one that locked nothing until then, and has a keeper. */
    @EachJdk
    void livesThoughItGrowsAtOnceAfterItLocksMore(Jdk jdk) {
        try (ForkedJvm jvm = limitedWithoutRoot(Keeping.app(jdk, "mode=none"))
                .flags("-XX:+UseSerialGC")
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locks nothing until asked");
            livesThoughItGrowsAfterAnAttach(jvm);
        }
    }

    private static void livesThoughItGrowsAfterAnAttach(ForkedJvm jvm) {
        Memlock.run("attach", jvm.pid(), "mode=all").succeeded();
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isGreaterThan(KERNEL_DEFAULT_BYTES);

        assertThat(jvm.ask("dropandgrow " + NOBODY + " 300")).startsWith("grow 300");
        assertThat(jvm.awaitErrorLine("[memlock] CAP_IPC_LOCK was dropped: a limit applies"))
                .isNotEmpty();
    }

    /** Which nobody is woken by, and after which that thread alone could map nothing. */
    @EachJdk
    void outlivesAThreadThatDropsItsOwnCapabilities(Jdk jdk) {
        try (ForkedJvm jvm = limitedWithoutRoot(Keeping.app(jdk, "mode=all,interval=100ms"))
                .flags("-XX:+UseSerialGC")
                .start()) {
            Keeping.awaitStart(jvm);
            assertThat(jvm.ask("dropcapabilities")).isEqualTo("0");
            assertThat(jvm.awaitErrorLine("[memlock] a thread has dropped CAP_IPC_LOCK"))
                    .contains("strategy rescan");

            assertThat(jvm.ask("grow 300")).startsWith("grow 300");
            assertThat(jvm.ask("threads 3")).isNotNull();
            eventually(() ->
                    assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
        }
    }
}
