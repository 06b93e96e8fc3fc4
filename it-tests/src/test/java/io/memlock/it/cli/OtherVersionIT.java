// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command line of another version than the agent that runs. */
class OtherVersionIT {

    private static final String CHANGED = "inst/agent.classes";
    private static final String VERSION = System.getProperty("memlock.agent.version");

    @TempDir
    private Path directory;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @Test
    void isToldThatTheAgentStaysAsItIs() throws IOException {
        String another = VERSION.replaceAll("[0-9]", "9");
        Path newer = copy("version=" + VERSION, "version=" + another);
        try (ForkedJvm jvm = started()) {
            Outcome attach = Commands.run(Memlock.command(newer, "attach", jvm.pid(), "mode=heap"))
                    .succeeded();
            assertThat(attach.stdout()).contains("mode=heap");
            assertThat(attach.stderr())
                    .containsPattern(
                            "is version \\S+, this is " + another + "; it stays \\S+ until that JVM is restarted");
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isPositive();

            Commands.run(Memlock.command(newer, "unlock", jvm.pid())).succeeded();
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
        }
    }

    @Test
    void isAnsweredThoughItIsNotUnderstood() throws IOException {
        Path stranger = copy("@memlock-1", "@memlock-2");
        try (ForkedJvm jvm = started()) {
            Outcome attach = Commands.run(Memlock.command(stranger, "attach", jvm.pid(), "mode=heap"));

            assertThat(attach.exitStatus()).as("%s", attach).isEqualTo(1);
            assertThat(attach.stderr())
                    .contains("the agent is version " + VERSION)
                    .contains("Use the command line of that version");
            assertThat(jvm.ask("grow 1")).isNotEmpty();
            assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
        }
    }

    private static ForkedJvm started() {
        ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("mode=none")
                .flags("-Xmx128m")
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock]");
        return jvm;
    }

    /** The jar, with a text among the agent's classes replaced by one of the same length. */
    private Path copy(String before, String after) throws IOException {
        Path copy = directory.resolve("memlock-agent.jar");
        try (JarFile jar = new JarFile(AgentJar.path().toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy))) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                try (InputStream in = jar.getInputStream(entry)) {
                    byte[] bytes = in.readAllBytes();
                    if (entry.getName().equals(CHANGED)) {
                        String text = new String(bytes, StandardCharsets.ISO_8859_1);
                        assertThat(text).contains(before);
                        bytes = text.replace(before, after).getBytes(StandardCharsets.ISO_8859_1);
                    }
                    out.putNextEntry(new JarEntry(entry.getName()));
                    out.write(bytes);
                }
            }
        }
        return copy;
    }
}
