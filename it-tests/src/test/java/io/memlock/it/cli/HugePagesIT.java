// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A live JVM is locked in pieces, and the kernel splits a transparent huge page in which one ends. */
class HugePagesIT {

    @EachJdk
    void attachAndUnlockSplitNone(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Machine.requireTransparentHugePages();
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m")
                .flags("-XX:+UseTransparentHugePages", "-XX:+AlwaysPreTouch")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            long before = hugeKilobytes(jvm.pid());
            assertThat(before).as("huge pages before").isGreaterThan(100 << 10);

            Commands.succeed(Memlock.command(jdk, "attach", jvm.pid()));
            long locked = hugeKilobytes(jvm.pid());
            Commands.succeed(Memlock.command(jdk, "unlock", jvm.pid()));
            long unlocked = hugeKilobytes(jvm.pid());

            assertThat(locked).as("after attach").isGreaterThanOrEqualTo(before);
            assertThat(unlocked).as("after unlock").isGreaterThanOrEqualTo(before);
        }
    }

    private static long hugeKilobytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            if (line.startsWith("AnonHugePages:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("no AnonHugePages in smaps_rollup");
    }
}
