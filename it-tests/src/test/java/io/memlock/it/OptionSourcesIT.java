// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options from the environment and from a file (docs/options.md). */
class OptionSourcesIT {

    private static final String VARIABLE = "MEMLOCK_OPTIONS";

    @TempDir
    private Path directory;

    private static ForkedJvm.Builder app(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx64m").main(HeapApp.class);
    }

    private Path config(String... lines) throws Exception {
        return Files.write(directory.resolve("memlock.conf"), List.of(lines));
    }

    @EachJdk
    void eachOptionIsThatOfTheFirstPlaceThatGivesIt(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        Path config = config("# for all", "mode=heap+code", "interval=2s", "log=quiet");
        try (ForkedJvm jvm = app(jdk).environment(VARIABLE, "interval=500ms,config=memlock.conf")
                .directory(directory)
                .agent("log=debug")
                .start()) {
            jvm.awaitErrorLine("[memlock] locked");
            assertThat(jvm.stderr()).contains("(mode=heap+code, ");
            jvm.awaitErrorLine(
                    "[memlock] options: mode=heap+code from memlock.conf, line 2, interval=500ms from MEMLOCK_OPTIONS,"
                            + " log=debug from the agent's argument");
        }
        assertThat(config).exists();
    }

    @EachJdk
    void whatIsWrongAnywhereEndsTheJvmAndIsNamedWithItsPlace(Jdk jdk) throws Exception {
        Outcome variable = app(jdk).environment(VARIABLE, "mod=heap").agent("").run("exit");
        assertThat(variable.exitStatus()).as("%s", variable).isEqualTo(1);
        assertThat(variable.stderr()).contains("MEMLOCK_OPTIONS: unknown option 'mod'; did you mean 'mode'?");

        Path config = config("log=info", "interval=soon");
        Outcome file = app(jdk).agent("config=" + config).run("exit");
        assertThat(file.exitStatus()).as("%s", file).isEqualTo(1);
        assertThat(file.stderr()).contains(config + ", line 2: ");

        Path pipe = directory.resolve("pipe");
        Commands.succeed("mkfifo", pipe.toString());
        Outcome waiting = app(jdk).agent("config=" + pipe).run("exit");
        assertThat(waiting.exitStatus()).as("%s", waiting).isEqualTo(1);
        assertThat(waiting.stderr()).contains("cannot read config=" + pipe + ": it is not a regular file");
    }

    @Test
    void anAttachReadsTheFileAndLeavesTheVariableAside() throws Exception {
        Machine.requireUnlimitedLocking();
        Path config = config("mode=heap+code");
        try (ForkedJvm jvm =
                app(Jdk.newest()).environment(VARIABLE, "mode=none,mod=wrong").start()) {
            jvm.awaitLine("ready");
            Memlock.run("attach", jvm.pid(), "config=" + config).succeeded();
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                eventually(() -> assertThat(client.get("Mode")).isEqualTo("heap+code"));
                assertThatThrownBy(() -> client.invoke("lock", "config=" + config))
                        .hasStackTraceContaining("give the options that are in the file");
            }
        }
    }

    @Test
    void aDoctorWithoutAJvmSaysWhatAStartWouldRead() throws Exception {
        Path config = config("mode=hepa");
        Outcome doctor = Commands.run(
                "env",
                VARIABLE + "=config=" + config,
                Jdk.newest().java().toString(),
                "-jar",
                AgentJar.path().toString(),
                "doctor");
        assertThat(doctor.exitStatus()).as("%s", doctor).isEqualTo(2);
        assertThat(doctor.stderr()).contains(config + ", line 1: unknown region 'hepa'");
    }
}
