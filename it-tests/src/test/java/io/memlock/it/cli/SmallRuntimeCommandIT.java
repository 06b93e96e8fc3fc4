// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a Java runtime as jlink makes it, without the modules of a JDK. */
class SmallRuntimeCommandIT {

    @TempDir
    private Path directory;

    @Test
    void saysWhatTheRuntimeLacks() {
        Jdk jdk = Jdk.current();
        Path runtime = directory.resolve("runtime");
        Commands.succeed(jdk.tool("jlink").toString(), "--add-modules", "java.base", "--output", runtime.toString());
        String java = runtime.resolve("bin/java").toString();
        String jar = AgentJar.path().toString();
        try (ForkedJvm jvm =
                ForkedJvm.on(jdk).flags("-Xmx128m").main(HeapApp.class).start()) {
            jvm.awaitLine("ready");
            String pid = Long.toString(jvm.pid());

            Outcome attach = Commands.run(java, "-jar", jar, "attach", pid);
            assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
            assertThat(attach.stderr()).contains("no module jdk.attach", "with a JDK");
            assertNoTrace(attach);
            Outcome status = Commands.run(java, "-jar", jar, "status", pid);
            assertThat(status.exitStatus()).as(status::toString).isZero();
            for (String command : List.of("doctor", "regions")) {
                Outcome outcome = Commands.run(java, "-jar", jar, command, pid);
                assertThat(outcome.stderr().toLowerCase(Locale.ROOT)).doesNotContain("bug");
                assertNoTrace(outcome);
            }
        }
    }

    private static void assertNoTrace(Outcome outcome) {
        assertThat(outcome.stderr()).as(outcome::toString).doesNotContain("\tat ");
    }
}
