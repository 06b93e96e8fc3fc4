// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.ThreadsApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The agent named more than once: the first counts, and each other says that it does not. */
class GivenTwiceIT {

    @TempDir
    private Path directory;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    void theFirstOfThreeCounts(Jdk jdk) throws IOException {
        Path copy = Files.copy(AgentJar.path(), directory.resolve("copy.jar"));
        ForkedJvm.Builder builder = ForkedJvm.on(jdk)
                .environment("JAVA_TOOL_OPTIONS", AgentJar.javaagent("mode=heap"))
                .environment("JDK_JAVA_OPTIONS", "-javaagent:" + copy + "=mode=all,on-failure=exit")
                .agent("mode=none");

        assertOneAgent(builder, "mode=heap", "mode=all,on-failure=exit", "mode=none");
    }

    @EachJdk
    void aMistakeInTheSecondIsIgnoredWithIt(Jdk jdk) {
        assertOneAgent(ForkedJvm.on(jdk).agent("").agent("mode=heep"), "default options", "mode=heep");
    }

    @EachJdk
    void theFirstCountsWithTheOptionsOfTheEnvironment(Jdk jdk) {
        assertOneAgent(
                ForkedJvm.on(jdk)
                        .environment("MEMLOCK_OPTIONS", "mode=heap")
                        .agent("")
                        .agent("mode=none"),
                "mode=heap",
                "mode=none");
    }

    private static void assertOneAgent(ForkedJvm.Builder builder, String first, String... others) {
        try (ForkedJvm jvm = builder.main(ThreadsApp.class).start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");
            eventually(() -> assertThat(keepers(jvm.ask("threads"))).isEqualTo(1));
            jvm.send("exit");
            Outcome outcome = jvm.awaitExit().succeeded();
            List<String> ignored = outcome.agentMessages().stream()
                    .filter(message -> message.contains("ignored"))
                    .toList();
            assertThat(ignored).hasSameSizeAs(others);
            for (int i = 0; i < others.length; i++) {
                assertThat(ignored.get(i)).contains("(" + first + ")", "(" + others[i] + ")");
            }
            assertThat(outcome.stderr()).doesNotContain("NOT LOCKED", "EINVAL", "Exception", "already defined");
        }
    }

    private static long keepers(String threads) {
        return List.of(threads.split(", ", -1)).stream()
                .filter(thread -> thread.startsWith("memlock-keeper"))
                .count();
    }
}
