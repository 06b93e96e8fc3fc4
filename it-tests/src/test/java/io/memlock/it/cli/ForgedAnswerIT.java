// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM whose class path has a class of the agent's name: it answers what it likes, and is not believed. */
class ForgedAnswerIT {

    /** Answers each request with the text in a file. */
    private static final String IMPOSTOR =
            """
            package io.memlock.bootstrap;
            public final class MemlockAgent {
                public static void agentmain(String request, java.lang.instrument.Instrumentation jvm) throws Exception {
                    String answer = new String(java.nio.file.Files.readAllBytes(java.nio.file.Path.of("%s")), "UTF-8");
                    java.lang.reflect.Method properties =
                            Class.forName("jdk.internal.vm.VMSupport").getMethod("getAgentProperties");
                    ((java.util.Properties) properties.invoke(null))
                            .setProperty("io.memlock.reply." + request.split(" ")[1], answer);
                }
            }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DONE locked 4 GiB of 4 GiB                           | the kernel says otherwise",
                "FAILED NOT LOCKED\\u001b[2Jgone                      | \\u001b[2J",
                "RUBBISH                                              | cannot read the answer",
            })
    void isNotBelieved(String answer, String shown) throws IOException {
        Path file = directory.resolve("answer");
        Files.writeString(file, answer.replace("\\u001b", "\u001b"));
        try (ForkedJvm jvm = impostor(file)) {
            Outcome attach = Memlock.run("attach", jvm.pid(), "mode=heap");

            assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
            assertThat(attach.stderr()).contains(shown).doesNotContain("\u001b");
            assertThat(attach.stdout()).doesNotContain("\u001b");
            assertThat(jvm.ask("grow 1")).isNotNull();
        }
    }

    private ForkedJvm impostor(Path answer) throws IOException {
        Jdk jdk = Jdk.current();
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Path source = directory.resolve("MemlockAgent.java");
        Files.writeString(source, IMPOSTOR.formatted(answer));
        Commands.succeed(jdk.tool("javac").toString(), "-d", classes.toString(), source.toString());
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .classPath(classes, AgentJar.testClasses())
                .flags("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED", "-Xmx128m")
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }
}
