// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/** A memory cgroup with a limit, of version 1 or 2 as the machine has it, for as long as a test runs. */
public final class MemoryCgroup implements AutoCloseable {

    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final CgroupDirectory directory;
    private final boolean v2;

    private MemoryCgroup(CgroupDirectory directory, boolean v2) {
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
        if (v2 && !offersMemory(V2.resolve("cgroup.subtree_control"))) {
            new CgroupDirectory(V2, V2).write("cgroup.subtree_control", "+memory");
        }
        MemoryCgroup cgroup = new MemoryCgroup(CgroupDirectory.in(root), v2);
        try {
            cgroup.setLimitBytes(limitBytes);
            return cgroup;
        } catch (UncheckedIOException e) {
            cgroup.close();
            throw e;
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
        return new MemoryCgroup(directory.child(name), v2);
    }

    /** A command to put in front of a JVM, so that all of its memory counts here. */
    public List<String> wrapper() {
        return Wrappers.shell("echo $$ > " + directory.path().resolve("cgroup.procs"));
    }

    /** Moves a process here. What it has in memory stays counted where it was. */
    public void add(long pid) {
        directory.add(pid);
    }

    /** Changes the limit; the kernel reclaims at once what is above it. */
    public void setLimitBytes(long bytes) {
        set(v2 ? "memory.max" : "memory.limit_in_bytes", Long.toString(bytes));
    }

    /** Writes to one of its files, as {@code cgroup.freeze}. */
    public void set(String file, String value) {
        directory.write(file, value);
    }

    /** Takes back all that can be had: page cache, and what may be swapped out. cgroup v1, or Linux 5.19. */
    public void reclaim() {
        if (!v2) {
            set("memory.force_empty", "0");
            return;
        }
        Machine.require(
                Files.exists(directory.path().resolve("memory.reclaim")),
                "needs Linux 5.19 or a memory cgroup of version 1, to have memory reclaimed");
        try {
            set("memory.reclaim", String.valueOf(usageBytes()));
        } catch (UncheckedIOException e) {
            // EAGAIN: not all of it could be had
        }
    }

    /**
     * Lowers the limit step by step, each below what is counted here: what the kernel gives up first may be page cache. It
     * gives up when it is slow, with EBUSY; what it has swapped out by then stays there. What runs here is stopped meanwhile:
     * whoever asks for memory, as a collector that is still at work, could be killed. At the end the limit is what it was.
     *
     * @param mostSteps after which there is not enough in swap
     * @param isEnough whether no further step is needed
     */
    public void squeeze(long stepBytes, int mostSteps, BooleanSupplier isEnough) {
        String file = v2 ? "memory.max" : "memory.limit_in_bytes";
        String limit = read(file);
        signal("-STOP");
        try {
            for (int step = 0; step < mostSteps && !isEnough.getAsBoolean(); step++) {
                long bytes = usageBytes() - stepBytes;
                Eventually.eventually(() -> setLimitBytes(bytes));
            }
        } finally {
            set(file, limit);
            signal("-CONT");
        }
    }

    private void signal(String signal) {
        read("cgroup.procs").lines().forEach(pid -> Commands.succeed("kill", signal, pid));
    }

    private String read(String file) {
        try {
            return Files.readString(directory.path().resolve(file)).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of files counted here that are not locked. */
    public long droppableFileBytes() {
        return numbers("memory.stat", "(in)?active_file ").sum();
    }

    /** Bytes counted here. */
    public long usageBytes() {
        return Long.parseLong(read(v2 ? "memory.current" : "memory.usage_in_bytes"));
    }

    /** Returns how many processes the OOM killer has ended here. */
    public long oomKills() {
        return numbers(v2 ? "memory.events" : "memory.oom_control", "oom_kill ")
                .findFirst()
                .orElseThrow();
    }

    /** The numbers in the lines of one of its files whose names match. */
    private LongStream numbers(String file, String name) {
        try {
            return Files.readAllLines(directory.path().resolve(file)).stream()
                    .filter(line -> line.matches(name + "\\d+"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes it, moving what still runs in it back to the root. */
    @Override
    public void close() {
        directory.close();
    }
}
