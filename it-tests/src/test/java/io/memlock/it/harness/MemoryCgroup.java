// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A memory cgroup with a limit, of version 1 or 2 as the machine has it, for as long as a test runs. */
public final class MemoryCgroup implements AutoCloseable {

    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path directory;
    private final boolean v2;

    private MemoryCgroup(Path directory, boolean v2) {
        this.directory = directory;
        this.v2 = v2;
    }

    /**
     * Makes one. Swap is not limited.
     *
     * @param limitBytes of memory
     */
    public static MemoryCgroup withLimit(long limitBytes) {
        boolean v2 = !Files.isWritable(V1.resolve("memory.limit_in_bytes"));
        Path root = v2 ? V2 : V1;
        Machine.require(
                Machine.isAdmin() && (!v2 || offersMemory(V2.resolve("cgroup.controllers"))),
                "needs root and a memory cgroup controller, of version 1 in " + V1 + " or 2 in " + V2);
        removeAbandoned(root);
        MemoryCgroup cgroup = new MemoryCgroup(root.resolve(Leftovers.newName()), v2);
        try {
            if (v2 && !offersMemory(V2.resolve("cgroup.subtree_control"))) {
                Files.writeString(V2.resolve("cgroup.subtree_control"), "+memory");
            }
            Files.createDirectory(cgroup.directory);
            cgroup.write(v2 ? "memory.max" : "memory.limit_in_bytes", limitBytes);
            return cgroup;
        } catch (IOException e) {
            cgroup.close();
            throw new UncheckedIOException(e);
        }
    }

    private static boolean offersMemory(Path controllers) {
        try {
            return Files.isReadable(controllers)
                    && List.of(Files.readString(controllers).trim().split(" ", -1))
                            .contains("memory");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes a memory cgroup of version 2 inside this one, whose processes share its limit. From then on this one can have no
     * process of its own, and it is to be closed after the other.
     */
    public MemoryCgroup child(String name) {
        set("cgroup.subtree_control", "+memory");
        MemoryCgroup child = new MemoryCgroup(directory.resolve(name), v2);
        try {
            Files.createDirectory(child.directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return child;
    }

    /** A command to put in front of a JVM, so that all of its memory counts here. */
    public List<String> wrapper() {
        return Wrappers.shell("echo $$ > " + directory.resolve("cgroup.procs"));
    }

    /** Moves a process here. What it has in memory stays counted where it was. */
    public void add(long pid) {
        write("cgroup.procs", pid);
    }

    /** Changes the limit; the kernel reclaims at once what is above it. */
    public void setLimitBytes(long bytes) {
        write(v2 ? "memory.max" : "memory.limit_in_bytes", bytes);
    }

    /** Writes to one of its files, as {@code cgroup.freeze}. */
    public void set(String file, String value) {
        try {
            Files.writeString(directory.resolve(file), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes back all that can be had: page cache, and what may be swapped out. cgroup v1, or Linux 5.19. */
    public void reclaim() {
        if (!v2) {
            set("memory.force_empty", "0");
            return;
        }
        try {
            Files.writeString(directory.resolve("memory.reclaim"), String.valueOf(usageBytes()));
        } catch (IOException e) {
            // EAGAIN: not all of it could be had
        }
    }

    /** Bytes counted here. */
    public long usageBytes() {
        try {
            String file = v2 ? "memory.current" : "memory.usage_in_bytes";
            return Long.parseLong(Files.readString(directory.resolve(file)).trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many processes the OOM killer has ended here. */
    public long oomKills() {
        try {
            Path events = directory.resolve(v2 ? "memory.events" : "memory.oom_control");
            return Files.readAllLines(events).stream()
                    .filter(line -> line.startsWith("oom_kill "))
                    .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String file, long value) {
        set(file, Long.toString(value));
    }

    /** Removes it, moving what still runs in it back to the root. */
    @Override
    public void close() {
        remove(directory, v2 ? V2 : V1);
    }

    private static void remove(Path directory, Path root) {
        if (!Files.exists(directory)) {
            return;
        }
        Eventually.eventually(() -> {
            for (String pid : Files.readAllLines(directory.resolve("cgroup.procs"))) {
                Files.writeString(root.resolve("cgroup.procs"), pid);
            }
            Files.delete(directory);
        });
    }

    private static void removeAbandoned(Path root) {
        try (Stream<Path> groups = Files.list(root)) {
            List<Path> abandoned = groups.filter(
                            group -> Leftovers.isAbandoned(group.getFileName().toString()))
                    .toList();
            abandoned.forEach(group -> remove(group, root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
