// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.GuardedApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A security manager that knows the application only: the agent locks all the same, and harms nothing where it cannot. */
class SecurityManagerIT {

    private static final String APPLICATION_ONLY =
            """
            grant codeBase "file:%s/-" {
              permission java.util.PropertyPermission "*", "read";
              permission java.lang.RuntimePermission "setSecurityManager";
              permission java.lang.RuntimePermission "modifyThreadGroup";
            };
            """;

    private static final int FIRST_WITHOUT = 24;

    @TempDir
    private Path directory;

    /** JDKs that still have security managers. */
    static List<Jdk> jdks() {
        return Jdk.usable(SecurityManagerIT::hasManagers);
    }

    private static boolean hasManagers(Jdk jdk) {
        return jdk.feature() < FIRST_WITHOUT;
    }

    @BeforeEach
    void needsToLock() {
        Machine.require(hasManagers(jdks().get(0)), "needs a JDK before 24 in /usr/lib/jvm or JAVA_HOME_*");
        Machine.requireUnlimitedLocking();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void locksUnderAPolicyThatGrantsTheAgentNothing(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = guarded(jdk, "").start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");

            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
            jvm.ask("grow 60");
            eventually(() ->
                    assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
            assertThat(jvm.ask("open /proc/self/maps"))
                    .as("what the application may do")
                    .isEqualTo("denied");
            assertThat(jvm.stdout()).doesNotContain("warning");
        }
    }

    /** The first class that the JVM calls is always that on the class path, which may do nothing. */
    @ParameterizedTest
    @MethodSource("jdks")
    void obeysTheCommandLineUnderAPolicyThatGrantsTheAgentNothing(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = guarded(jdk, "mode=heap").start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");

            Outcome attach = Memlock.run("attach", jvm.pid(), "mode=all");
            assertThat(attach.exitStatus()).as("%s%s", attach, jvm.stderr()).isZero();
            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
            Outcome unlock = Memlock.run("unlock", jvm.pid());
            assertThat(unlock.exitStatus()).as("%s%s", unlock, jvm.stderr()).isZero();
            assertThat(Smaps.of(jvm.pid()).lockedBytes()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void keepsLockingWhereTheApplicationInstallsOneLater(Jdk jdk) throws IOException {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("mode=heap,strategy=rescan")
                .flags("-Djava.security.manager=allow", "-Djava.security.policy==" + policy(), "-Xms32m", "-Xmx256m")
                .main(GuardedApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");
            jvm.ask("guard");
            jvm.ask("grow 100");

            eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(100L << 20));
            assertThat(jvm.ask("open /proc/self/maps")).isEqualTo("denied");
            assertThat(jvm.stderr()).doesNotContain("AccessControlException");
        }
    }

    @Test
    void anApplicationWhoseManagerRefusesEverythingLives() {
        Jdk jdk = jdks().get(0);

        Outcome outcome = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Djava.security.manager=" + GuardedApp.RefuseAll.class.getName())
                .main(GuardedApp.class)
                .run("exit")
                .succeeded();
        assertThat(outcome.agentMessages())
                .singleElement()
                .asString()
                .contains("NOT LOCKED", "the application runs on without it");
    }

    private ForkedJvm.Builder guarded(Jdk jdk, String options) throws IOException {
        return ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Djava.security.manager", "-Djava.security.policy==" + policy(), "-Xmx128m")
                .main(GuardedApp.class);
    }

    private Path policy() throws IOException {
        return Files.writeString(directory.resolve("policy"), APPLICATION_ONLY.formatted(AgentJar.testClasses()));
    }
}
