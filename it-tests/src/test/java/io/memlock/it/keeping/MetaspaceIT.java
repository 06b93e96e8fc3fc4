// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.SideBySide;
import org.junit.jupiter.api.BeforeEach;

/** A JVM that ends where a class does not fit into its metaspace: the agent's classes are not the ones that do not fit. */
class MetaspaceIT {

    /** The agent's classes take up to 4 MiB, about half of it before {@code main}. */
    private static final int TOO_SMALL = 4;

    private static final int LARGE_ENOUGH = 16;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    @SideBySide
    void attachRefusesAJvmThatTheAgentsClassesCouldEnd(Jdk jdk) {
        for (int megabytes : new int[] {TOO_SMALL, LARGE_ENOUGH}) {
            try (ForkedJvm jvm = limited(jdk, megabytes).start()) {
                jvm.awaitLine("ready");

                Outcome attach = Memlock.run("attach", jvm.pid(), "mode=heap");
                if (megabytes == TOO_SMALL) {
                    assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
                    assertThat(attach.stderr()).contains("its metaspace has", "-XX:MaxMetaspaceSize");
                    assertThat(jvm.stderr()).doesNotContain("[memlock]");
                } else {
                    attach.succeeded();
                }
                assertThat(jvm.ask("grow 1")).isNotEmpty();
            }
        }
    }

    @EachJdk
    @SideBySide
    void anAgentFromTheStartLoadsNoClassesThatCouldEndTheJvm(Jdk jdk) {
        try (ForkedJvm jvm = limited(jdk, TOO_SMALL).agent("mode=heap").start()) {
            Keeping.awaitStart(jvm);
            jvm.awaitErrorLine("[memlock] METASPACE IS NEARLY FULL");
            assertThat(jvm.ask("grow 20")).isNotEmpty();
        }
    }

    private static ForkedJvm.Builder limited(Jdk jdk, int megabytes) {
        return ForkedJvm.on(jdk)
                .flags("-XX:MaxMetaspaceSize=" + megabytes + "m", "-XX:+ExitOnOutOfMemoryError", "-Xmx64m")
                .main(HeapApp.class);
    }
}
