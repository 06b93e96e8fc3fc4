// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a guest's files are, and its emulator. Both are gone when it is closed, and when the tests are broken off. */
final class GuestDirectory implements AutoCloseable {

    private final Path path;
    private final Thread atShutdown = new Thread(this::clean, "guest directory");
    private Process emulator;

    private GuestDirectory(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /** Makes a new one. */
    static GuestDirectory make() throws IOException {
        return new GuestDirectory(Files.createTempDirectory("memlock-guest-"));
    }

    /** Returns where it is. */
    Path path() {
        return path;
    }

    /** Starts the emulator; its standard error is part of its standard output. */
    synchronized Process start(List<String> command) throws IOException {
        emulator = new ProcessBuilder(command).redirectErrorStream(true).start();
        emulator.getOutputStream().close();
        return emulator;
    }

    private synchronized void clean() {
        if (emulator != null) {
            emulator.destroyForcibly();
        }
        Commands.succeed("rm", "-rf", path.toString());
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atShutdown);
        clean();
    }
}
