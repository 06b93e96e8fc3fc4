// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Java runtime as jlink makes it, with what an agent needs and no more: without java.management. */
class SmallRuntimeIT {

    private static final long GROWN_BYTES = 150L << 20;

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=heap,strategy=rescan"})
    void keepsAGrowingHeapLocked(String options, @TempDir Path directory) {
        Machine.requireUnlimitedLocking();
        Jdk jdk = Jdk.current();
        Path runtime = directory.resolve("runtime");
        Commands.succeed(
                jdk.tool("jlink").toString(), "--add-modules", "java.instrument", "--output", runtime.toString());
        try (ForkedJvm jvm = ForkedJvm.on(new Jdk(runtime, jdk.feature(), jdk.version()))
                .agent(options)
                .flags("-XX:+UseSerialGC", "-Xms32m", "-Xmx512m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 200");

            eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(GROWN_BYTES));
            assertThat(jvm.stderr())
                    .contains("locked")
                    .doesNotContain("Exception")
                    .doesNotContain("Error");
        }
    }
}
