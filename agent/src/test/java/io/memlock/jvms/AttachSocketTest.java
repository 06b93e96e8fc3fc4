// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.hotspot.JvmFlags;
import io.memlock.os.LibC;
import io.memlock.os.RealLibC;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a /proc of one process, 4242, which is 77 in a container. No signal leaves the test. */
@Timeout(60)
class AttachSocketTest {

    private static final long PID = 4242;

    @TempDir
    private Path root;

    private final List<Object> signals = new ArrayList<>();

    private Path process;
    private Path tmp;
    private long user;

    @BeforeEach
    void makeProcess() throws IOException {
        process = Files.createDirectories(root.resolve(Long.toString(PID)));
        tmp = Files.createDirectories(process.resolve("root/tmp"));
        user = Integer.toUnsignedLong((Integer) Files.getAttribute(tmp, "unix:uid"));
        Files.writeString(
                process.resolve("status"),
                "Name:\tjava\nState:\tS (sleeping)\nTgid:\t4242\nNSpid:\t4242\t77\nUid:\t" + user + "\t" + user
                        + "\nSigCgt:\t0000000000000004\n");
        Files.writeString(process.resolve("stat"), "4242 (java) S 1 1 1 0 -1 0 5 0 7 0 1 1 0 0 20 0 1 0 1000 1 1 1\n");
        namespace(process, "mnt:[1]");
        namespace(root.resolve("self"), "mnt:[2]");
        Files.createSymbolicLink(root.resolve("self/net"), Path.of("/proc/self/net"));
    }

    /** It may have a handler of its own, and a library that it looks into. */
    @Test
    void aProcessWithoutHotSpotsThreadForSignalsIsNotSignalled() throws IOException {
        thread(1, "viewer");

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("HotSpot's thread for signals does not run in it");

        assertThat(signals).isEmpty();
        assertThat(tmp).isEmptyDirectory();
    }

    @Test
    void theJvmThatAcceptsIsTheOneThatIsAsked() throws Exception {
        thread(1, "Attach Listener");
        Files.createSymbolicLink(process.resolve("fd"), Path.of("/proc/self/fd"));
        try (ServerSocketChannel listener = listen("77 the first")) {
            try (AttachSocket socket = open()) {
                Files.delete(tmp.resolve(".java_pid77"));
                try (ServerSocketChannel later = listen("77 the second")) {
                    assertThat(socket.ask("properties"))
                            .as("whoever has its name by now")
                            .isEqualTo("77 the first");
                    assertThat(later.isOpen()).isTrue();
                }
            }
            assertThat(listener.isOpen()).isTrue();
        }
    }

    /** As of two containers that share a /tmp: here the test itself is the other. */
    @Test
    void aJvmOfTheSameNumberInAnotherContainerIsNotTakenForIt() throws Exception {
        thread(1, "Attach Listener");
        Files.createDirectories(process.resolve("fd"));
        try (ServerSocketChannel another = listen("of another")) {
            assertThatThrownBy(this::open).hasMessageContaining("another process listens at .java_pid77 in its /tmp");
            assertThat(another.isOpen()).isTrue();
        }
        assertThat(signals).isEmpty();
    }

    /** Answers each connection, as HotSpot binds its socket: by another name first. */
    private ServerSocketChannel listen(String answer) throws IOException {
        Path first = tmp.resolve(".java_pid77.tmp");
        ServerSocketChannel listener =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(first));
        Files.move(first, tmp.resolve(".java_pid77"));
        Thread thread = new Thread(() -> answer(listener, answer), "listener");
        thread.setDaemon(true);
        thread.start();
        return listener;
    }

    private static void answer(ServerSocketChannel listener, String answer) {
        try {
            while (true) {
                try (SocketChannel channel = listener.accept()) {
                    if (channel.read(ByteBuffer.allocate(1024)) > 0) {
                        channel.write(ByteBuffer.wrap(("0\n" + answer).getBytes(StandardCharsets.UTF_8)));
                    }
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private AttachSocket open() throws Exception {
        Jvm jvm = new Jvm(PID, user, new JavaCommand("app.jar", new JvmFlags(List.of())), false, 1000);
        return AttachSocket.open(libc(), new ProcDirectory(root), jvm);
    }

    /** The real one, but for kill(2). */
    private LibC libc() {
        LibC real = RealLibC.get();
        return (LibC) Proxy.newProxyInstance(
                LibC.class.getClassLoader(), new Class<?>[] {LibC.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("kill")) {
                        signals.add(arguments[1]);
                        return 0;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void thread(int number, String name) throws IOException {
        Path thread = Files.createDirectories(process.resolve("task/" + number));
        Files.writeString(thread.resolve("comm"), name + "\n");
    }

    private static void namespace(Path process, String name) throws IOException {
        Files.createSymbolicLink(Files.createDirectories(process.resolve("ns")).resolve("mnt"), Path.of(name));
    }
}
