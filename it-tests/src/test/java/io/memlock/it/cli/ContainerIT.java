// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM in a container, from outside: process ids and files of its own. */
class ContainerIT {

    private static final long LIVE_BYTES = 60L << 20;

    @TempDir
    private Path directory;

    @BeforeEach
    void needsNamespaces() {
        Machine.requireUnlimitedLocking();
        Machine.requireMounts();
    }

    /** A JVM that was attached to and is killed leaves its socket behind, under its number in the container. */
    @AfterEach
    void removeSocket() {
        new File("/tmp/.java_pid1").delete();
    }

    @EachJdk
    void isAttachedToAcrossPidNamespaces(Jdk jdk) throws IOException {
        try (ForkedJvm container = ForkedJvm.on(jdk)
                .wrapper(Wrappers.ownPids())
                .flags("-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            container.awaitLine("ready");
            container.ask("grow 60");
            long pid = childOf(container.pid());

            Outcome status = Memlock.run("status", pid);
            assertThat(status.stdout()).as("%s", status).contains("its own PID namespace (it is 1 there)");

            Memlock.run("attach", pid, "mode=heap").succeeded();
            assertThat(Smaps.of(pid).lockedBytes()).isGreaterThan(LIVE_BYTES);

            Memlock.run("unlock", pid).succeeded();
            assertThat(ProcStatus.of(pid).chargedBytes()).isZero();
        }
    }

    /** They share a /tmp, and with it the name of their sockets. */
    @Test
    void ofTwoWithTheSameNumberTheOneThatIsNamedIsAsked() throws IOException {
        try (ForkedJvm first = inOwnPids();
                ForkedJvm second = inOwnPids()) {
            long one = childOf(first.pid());
            long other = childOf(second.pid());
            Memlock.run("attach", one, "mode=heap").succeeded();
            Memlock.run("attach", other, "mode=heap").succeeded();

            Outcome unlock = Memlock.run("unlock", one);

            assertThat(unlock.exitStatus()).as("%s", unlock).isEqualTo(1);
            assertThat(unlock.stderr()).contains("another process listens at .java_pid1 in its /tmp");
            assertThat(ProcStatus.of(one).chargedBytes()).isPositive();
            assertThat(ProcStatus.of(other).chargedBytes()).isPositive();

            removeSocket();
            Memlock.run("unlock", one).succeeded();
            assertThat(ProcStatus.of(one).chargedBytes()).isZero();
            assertThat(ProcStatus.of(other).chargedBytes()).isPositive();
        }
    }

    private static ForkedJvm inOwnPids() {
        ForkedJvm container = ForkedJvm.on(Jdk.current())
                .wrapper(Wrappers.ownPids())
                .flags("-Xmx64m")
                .main(HeapApp.class)
                .start();
        container.awaitLine("ready");
        return container;
    }

    @Test
    void whereTheJarIsNotThereSaysHowToBringIt() throws IOException {
        Path here = Files.copy(AgentJar.path(), directory.resolve("agent.jar"));
        try (ForkedJvm container = ForkedJvm.on(Jdk.current())
                .wrapper(Wrappers.privateMounts("mount -t tmpfs none " + directory))
                .flags("-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            container.awaitLine("ready");
            container.ask("grow 60");
            long pid = container.pid();

            Outcome lost = Commands.run(Memlock.command(here, "attach", pid));
            assertThat(lost.exitStatus()).as("%s", lost).isEqualTo(1);
            assertThat(lost.stderr()).contains("does not find " + here, "/proc/" + pid + "/root/", "--jar");

            Files.copy(here, Path.of("/proc/" + pid + "/root" + directory, "copy.jar"));
            Memlock.run("attach", pid, "--jar", directory.resolve("copy.jar").toString(), "mode=heap")
                    .succeeded();
            assertThat(Smaps.of(pid).lockedBytes()).isGreaterThan(LIVE_BYTES);
        }
    }

    /** The JVM itself: unshare waits for it. */
    private static long childOf(long pid) {
        return ProcessHandle.of(pid)
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow()
                .pid();
    }
}
