// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static io.memlock.it.harness.Eventually.eventually;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** An application with its own class path, which {@code applications/NAME/pom.xml} collects. */
final class PublishedApplication {

    /** What is left for files when the container becomes small. */
    private static final long LEFT_FOR_FILES = 64 << 20;

    private final Path[] classPath;

    /**
     * Finds it.
     *
     * @param name of its directory
     */
    PublishedApplication(String name) {
        Path library = Path.of(System.getProperty("memlock.applications"), name, "target", "lib");
        try (Stream<Path> jars = Files.list(library)) {
            classPath = jars.sorted().toArray(Path[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("no " + library + "; run the tests with mvn -Papplications verify", e);
        }
    }

    /** The jar on its class path whose name begins so. */
    Path jar(String prefix) {
        return Stream.of(classPath)
                .filter(jar -> jar.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    /** A JVM with its class path. */
    ForkedJvm.Builder on(Jdk jdk) {
        return ForkedJvm.on(jdk).classPath(classPath);
    }

    /** A port of this machine that nobody listens at. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a server takes connections. */
    static void awaitListening(int port) {
        eventually(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    }

    /** Leaves little in the container beside what is locked. */
    static void makeSmall(MemoryCgroup container, ForkedJvm jvm) {
        long bytes = Smaps.of(jvm.pid()).lockedBytes() + LEFT_FOR_FILES;
        eventually(() -> container.setLimitBytes(bytes));
    }
}
