// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ControlCgroup;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that could not answer is not asked: it would print a thread dump later, or end. */
class UnreachableJvmIT {

    private ForkedJvm jvm;

    @BeforeEach
    void start() {
        jvm = ForkedJvm.on(Jdk.current()).flags("-Xmx128m").main(HeapApp.class).start();
        jvm.awaitLine("ready");
    }

    @AfterEach
    void stop() {
        jvm.close();
    }

    static List<ControlCgroup.Freezer> freezers() {
        return ControlCgroup.freezers();
    }

    @ParameterizedTest
    @MethodSource("freezers")
    void frozen(ControlCgroup.Freezer version) {
        try (ControlCgroup cgroup = ControlCgroup.freezer(version)) {
            cgroup.add(jvm.pid());
            cgroup.freeze(true);
            try {
                assertNotAsked("its cgroup is frozen", cgroup.directory().toString());
            } finally {
                cgroup.freeze(false);
            }
            assertUndisturbed();
        }
    }

    @Test
    void stopped() {
        Commands.succeed("kill", "-STOP", Long.toString(jvm.pid()));
        try {
            assertNotAsked("it is stopped", "kill -CONT " + jvm.pid());
        } finally {
            Commands.succeed("kill", "-CONT", Long.toString(jvm.pid()));
        }
        assertUndisturbed();
    }

    /** HotSpot ends a JVM that cannot start the thread which listens. */
    @Test
    void unableToStartAThread() {
        try (ControlCgroup cgroup = ControlCgroup.pids()) {
            cgroup.add(jvm.pid());
            cgroup.limitThreads(ProcStatus.of(jvm.pid()).threads());

            assertNotAsked("cannot start the threads", "pids.max");
            assertUndisturbed();
        }
    }

    /** HotSpot's listener ends where it cannot accept a connection, and leaves its socket behind. */
    @Test
    void unableToOpenAFile() throws IOException {
        long open;
        try (Stream<Path> files = Files.list(Path.of("/proc/" + jvm.pid() + "/fd"))) {
            open = files.count();
        }
        Commands.succeed("prlimit", "--pid=" + jvm.pid(), "--nofile=" + open + ":");

        assertNotAsked("cannot open the socket", "prlimit --pid " + jvm.pid() + " --nofile=");
        assertUndisturbed();
    }

    private void assertNotAsked(String reason, String remedy) {
        long before = System.nanoTime();
        Memlock.run(Jdk.current(), "--help").succeeded();
        long begin = System.nanoTime();
        Outcome attach = Memlock.run("attach", jvm.pid(), "mode=heap");
        Duration took = Duration.ofNanos(System.nanoTime() - begin).minusNanos(begin - before);
        Outcome doctor = Memlock.run("doctor", jvm.pid(), "mode=heap");

        assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
        assertThat(attach.stderr()).contains(reason, remedy);
        assertThat(took)
                .as("beside the start of a JVM, less than the JDK waits for an answer")
                .isLessThan(Duration.ofSeconds(10));
        assertThat(doctor.exitStatus()).as(doctor::toString).isEqualTo(1);
        assertThat(doctor.stdout().replaceAll("\\s+", " ")).contains(reason, remedy); // wrapped
    }

    private void assertUndisturbed() {
        assertThat(jvm.ask("grow 1")).isNotNull();
        assertThat(jvm.isAlive()).isTrue();
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
    }
}
