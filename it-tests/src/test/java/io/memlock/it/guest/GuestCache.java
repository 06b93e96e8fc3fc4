// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * Where fetched packages and what is made of them are kept between runs: the directory the system property {@code
 * guests.cache} names, else {@code ~/.cache/memlock-guests}. To fetch newer packages, delete it.
 *
 * @param directory exists
 */
record GuestCache(Path directory) {

    /** Opens the cache. */
    static GuestCache open() {
        String property = System.getProperty("guests.cache", "");
        Path directory = property.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "memlock-guests")
                : Path.of(property);
        try {
            return new GuestCache(Files.createDirectories(directory).toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns a file or directory of the cache, made first if it is not there. What is only half made when a run ends is
     * never taken for whole.
     *
     * @param name relative to the cache
     * @param maker makes it at the path it is given, in a directory that exists
     */
    Path make(String name, Consumer<Path> maker) {
        Path made = directory.resolve(name);
        if (Files.exists(made)) {
            return made;
        }
        Path half = made.resolveSibling(made.getFileName() + ".half");
        try {
            Files.createDirectories(made.getParent());
            Commands.succeed("rm", "-rf", half.toString());
            maker.accept(half);
            return Files.move(half, made, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
