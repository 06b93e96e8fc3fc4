// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Swap space in a file, for as long as a test runs. */
public final class SwapFile implements AutoCloseable {

    /** On a disk: a tmpfs cannot hold swap. */
    private static final Path DIRECTORY = Path.of("/var/tmp");

    private final Path file;

    private SwapFile(Path file) {
        this.file = file;
    }

    /** Adds swap space. */
    public static SwapFile add(int megabytes) {
        Machine.requireSwap();
        removeAbandoned();
        SwapFile swap = new SwapFile(DIRECTORY.resolve(Leftovers.newName() + ".swap"));
        String path = swap.file.toString();
        try {
            // Written out in full: swapon refuses a file with holes.
            Commands.succeed("dd", "if=/dev/zero", "of=" + path, "bs=1M", "count=" + megabytes, "status=none");
            Commands.succeed("chmod", "600", path);
            Commands.succeed("mkswap", path);
            Commands.succeed("swapon", path);
            return swap;
        } catch (RuntimeException | AssertionError e) {
            swap.close();
            throw e;
        }
    }

    /** Takes it away; what is swapped out comes back into memory first. */
    @Override
    public void close() {
        remove(file);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private static void remove(Path file) {
        try {
            if (Files.readString(Path.of("/proc/swaps")).contains(file.toString())) {
                Commands.succeed("swapoff", file.toString());
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeAbandoned() {
        try (var files = Files.list(DIRECTORY)) {
            List<Path> abandoned = files.filter(
                            file -> Leftovers.isAbandoned(file.getFileName().toString()))
                    .toList();
            abandoned.forEach(SwapFile::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
