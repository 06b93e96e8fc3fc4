// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator who presses Ctrl-C: what the JVM was asked for is done to its end or not at all. */
class InterruptedIT {

    private static final long LIVE_BYTES = 60L << 20;

    /** Committed, not resident: the work takes as long as that of a large heap. */
    private static final String HEAP = "6g";

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
        Machine.require(
                Machine.memoryBytes() > 7L << 30, "needs a machine where a JVM may commit 6 GiB, though not use them");
    }

    @ParameterizedTest(name = "after {0} ms")
    @ValueSource(ints = {20, 80, 110, 130, 150, 250, 400, 600})
    @SideBySide
    void attachAtAnyMoment(int millis, @TempDir Path directory) throws Exception {
        try (ForkedJvm jvm = started()) {
            List<String> command = Memlock.command("attach", jvm.pid(), "mode=heap");
            command.add(1, "-Djava.io.tmpdir=" + directory);
            Process attach = Commands.process(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            attach.waitFor(millis, TimeUnit.MILLISECONDS);
            interrupt(attach);

            assertThat(directory).as("the command's temporary files").isEmptyDirectory();
            assertGoesOn(jvm);
        }
    }

    @Test
    @SideBySide
    void attachWhileItTellsHowFarItIs() throws Exception {
        try (ForkedJvm jvm = started()) {
            Process attach = Commands.process(Memlock.command("attach", jvm.pid(), "mode=heap"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(attach.getErrorStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).startsWith("locking heap");
                interrupt(attach);
            }

            eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes())
                    .as("it was asked for, so it is done")
                    .isGreaterThan(LIVE_BYTES));
            assertGoesOn(jvm);
        }
    }

    private static ForkedJvm started() {
        ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .flags("-XX:+UseSerialGC", "-Xms" + HEAP, "-Xmx" + HEAP)
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        jvm.ask("grow 60");
        return jvm;
    }

    /** As the terminal does. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        if (process.isAlive()) {
            Commands.run("kill", "-INT", Long.toString(process.pid()));
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
    }

    /** The next command finds an agent that does as it is told, whether or not the one before got through. */
    private static void assertGoesOn(ForkedJvm jvm) {
        assertThat(jvm.ask("grow 80")).isNotEmpty();
        Memlock.run("attach", jvm.pid(), "mode=heap").succeeded();
        assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(LIVE_BYTES);

        Memlock.run("unlock", jvm.pid()).succeeded();
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
        assertThat(jvm.ask("grow 90")).isNotEmpty();
    }
}
