// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A cgroup for as long as a test runs, of whatever controllers.
 *
 * @param path its directory
 * @param root the cgroup that gets what still runs in it at its end
 */
record CgroupDirectory(Path path, Path root) implements AutoCloseable {

    private static final String MEMBERS = "cgroup.procs";

    /** Makes one that nobody has used, without those that a test run has left behind which was killed. */
    static CgroupDirectory in(Path root) {
        try (Stream<Path> groups = Files.list(root)) {
            List<Path> abandoned = groups.filter(
                            group -> Leftovers.isAbandoned(group.getFileName().toString()))
                    .toList();
            abandoned.forEach(group -> new CgroupDirectory(group, root).close());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return make(root.resolve(Leftovers.newName()), root);
    }

    /** Makes one of a name inside this one. */
    CgroupDirectory child(String name) {
        return make(path.resolve(name), root);
    }

    private static CgroupDirectory make(Path path, Path root) {
        try {
            return new CgroupDirectory(Files.createDirectory(path), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves a process here. */
    void add(long pid) {
        write(MEMBERS, Long.toString(pid));
    }

    /** Writes to one of its files. */
    void write(String file, String text) {
        try {
            Files.writeString(path.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (!Files.exists(path)) {
            return;
        }
        Eventually.eventually(() -> {
            for (String pid : Files.readAllLines(path.resolve(MEMBERS))) {
                Files.writeString(root.resolve(MEMBERS), pid);
            }
            Files.delete(path);
        });
    }
}
