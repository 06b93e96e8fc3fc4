// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in {@code /tmp} under the names by which a JVM is attached to. */
class AttachSocketIT {

    @TempDir
    private Path directory;

    private ForkedJvm jvm;
    private Path socket;
    private Path trigger;

    @BeforeEach
    void start() {
        Machine.requireUnlimitedLocking();
        jvm = ForkedJvm.on(Jdk.current()).flags("-Xmx64m").main(HeapApp.class).start();
        jvm.awaitLine("ready");
        socket = Path.of("/tmp/.java_pid" + jvm.pid());
        trigger = Path.of("/tmp/.attach_pid" + jvm.pid());
    }

    @AfterEach
    void stop() throws IOException {
        jvm.close();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(trigger);
    }

    @Test
    @SideBySide
    void nothingButTheJvmsOwnSocketIsLeftBehind() {
        attaches();

        assertThat(trigger).doesNotExist();
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    /** As in a container whose {@code /tmp} outlives it: each JVM has the same number there. */
    @Test
    @SideBySide
    void whatAnotherJvmHasLeftThereIsInNobodysWay() throws IOException {
        listen(socket).close();

        attaches();
    }

    @Test
    @SideBySide
    void aFileThatASecondCommandHasMadeDoesAsWell() throws IOException {
        Files.createFile(trigger);

        attaches();

        assertThat(trigger).exists();
    }

    /** The JVM takes no notice of it and dumps its threads. */
    @Test
    @SideBySide
    void aFileOfSomebodyElseIsNoReasonToSignal() throws IOException {
        Machine.require(Machine.isAdmin(), "needs root");
        Files.createFile(trigger);
        Files.setAttribute(trigger, "unix:uid", 65534);

        refuses("another user has put a file " + trigger.getFileName());
    }

    @Test
    @SideBySide
    void aLinkToAnotherSocketIsNotFollowed() throws IOException {
        attaches();
        unlocks();
        Path elsewhere = directory.resolve("s");
        try (ServerSocketChannel other = listen(elsewhere)) {
            Files.delete(socket);
            Files.createSymbolicLink(socket, elsewhere);

            refuses("is not a socket of its user");

            other.configureBlocking(false);
            assertThat(other.accept()).as("connection").isNull();
        }
    }

    @Test
    @SideBySide
    void aSocketOfSomebodyElseIsNotConnectedTo() throws IOException {
        Machine.require(Machine.isAdmin(), "needs root");
        attaches();
        unlocks();
        Files.delete(socket);
        try (ServerSocketChannel other = listen(socket)) {
            Files.setAttribute(socket, "unix:uid", 65534);

            refuses("is not a socket of its user");

            other.configureBlocking(false);
            assertThat(other.accept()).as("connection").isNull();
        }
    }

    /** As where somebody cleans {@code /tmp}: the JVM makes it anew. */
    @Test
    @SideBySide
    void aSocketThatWasRemovedIsMadeAnew() throws IOException {
        attaches();
        Files.delete(socket);

        unlocks();
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
    }

    @Test
    @SideBySide
    void whatIsLongerThanAJvmTakesIsNotSent() {
        refuses("1024 bytes", "mapped=/" + "x".repeat(985));
    }

    private void attaches() {
        Memlock.run("attach", jvm.pid(), "mode=heap").succeeded();
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
    }

    private void unlocks() {
        Memlock.run("unlock", jvm.pid()).succeeded();
    }

    private void refuses(String reason, String... options) {
        Outcome attach = Memlock.run("attach", jvm.pid(), options);

        assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
        assertThat(attach.stderr()).contains(reason);
        assertThat(jvm.ask("grow 1")).isNotNull();
        assertThat(jvm.stdout()).doesNotContain("Full thread dump");
        assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
    }

    private static ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }
}
