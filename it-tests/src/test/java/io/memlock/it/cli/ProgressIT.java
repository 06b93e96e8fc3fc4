// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever asks for long work hears how far it is; the JVM's own output does not. */
class ProgressIT {

    /** In pieces of 2 MiB with a pause of 50 us and the kernel's timer slack after each: 0.4 s, whatever the machine. */
    private static final int COMMITTED_GIGABYTES = 8;

    @Test
    void attachPrintsHowFarTheLockIs() {
        Machine.requireUnlimitedLocking();
        Machine.require(
                Machine.memoryBytes() > (COMMITTED_GIGABYTES + 1L) << 30,
                "needs a machine where a JVM may commit 8 GiB, though not use them");
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .flags("-XX:+UseSerialGC", "-Xms" + COMMITTED_GIGABYTES + "g", "-Xmx" + COMMITTED_GIGABYTES + "g")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");

            Outcome attach = Memlock.run("attach", jvm.pid(), "mode=heap").succeeded();
            List<String> progress = attach.stderr()
                    .lines()
                    .filter(line -> line.matches("locking heap: [0-9.]+ [MG]iB of [0-9.]+ GiB"))
                    .toList();
            assertThat(progress).as("%s", attach).isNotEmpty();
            assertThat(attach.stdout()).startsWith("locked ").hasLineCount(1);
            assertThat(jvm.stderr()).doesNotContain("locking heap:");
            assertThat(jvm.stdout()).isEqualTo("ready\n");
            assertThat(ProcStatus.of(jvm.pid()).residentBytes())
                    .as("nothing of it became resident")
                    .isLessThan(1L << 30);
        }
    }
}
