// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent jar is cut short under a JVM that runs with it: what the agent may still need it has. A jar that was damaged before
 * is told of.
 */
class JarReplacedIT {

    @TempDir
    private Path directory;

    @EachJdk
    void theAgentGoesOn(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Path jar = Files.copy(AgentJar.path(), directory.resolve("agent.jar"));
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-javaagent:" + jar + "=mode=heap,strategy=rescan,interval=100ms", "-Xms32m", "-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");
            for (int megabytes : new int[] {40, 60}) { // the keeper has come by, and done all it does
                jvm.ask("grow " + megabytes);
                eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan((long) megabytes << 20));
            }
            try (FileChannel channel = FileChannel.open(jar, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }

            jvm.ask("grow 80");
            eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(80L << 20));
            try (JmxClient jmx = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                eventually(() -> assertThat(jmx.get("State")).isEqualTo("LOCKED"));
                jmx.invoke("diagnose");
            }
            Commands.run(Memlock.command(jdk, "unlock", jvm.pid())).succeeded();
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
            assertThat(jvm.stderr()).doesNotContain("Exception", "Error");
        }
    }

    @EachJdk
    void tellsOnceThatADamagedJarKeepsNoLock(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Path jar = Files.copy(AgentJar.path(), directory.resolve("agent.jar"));
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
            Path classes = zip.getPath("inst/agent.classes");
            Files.write(classes, Arrays.copyOf(Files.readAllBytes(classes), 100_000));
        }
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-javaagent:" + jar + "=mode=all", "-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] NOT KEPT: the agent cannot start the thread that keeps the lock");
            jvm.ask("grow 40");

            assertThat(jvm.stderr()).containsOnlyOnce("NOT KEPT").contains("cannot read inst/agent.classes");
        }
    }
}
