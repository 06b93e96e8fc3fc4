// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A cgroup that stops what is in it, or limits its threads. Needs root. */
public final class ControlCgroup implements AutoCloseable {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final CgroupDirectory directory;

    /** The kernel's two ways to freeze. */
    public enum Freezer {
        /** {@code freezer.state} of the v1 controller. */
        V1,
        /** {@code cgroup.freeze}, which every v2 cgroup has. */
        V2
    }

    private ControlCgroup(Path parent) {
        this.directory = CgroupDirectory.in(parent);
    }

    /** Makes one that can be frozen. */
    public static ControlCgroup freezer(Freezer version) {
        Path parent = parent(version);
        Machine.require(
                Machine.isAdmin() && Files.isWritable(parent.resolve("cgroup.procs")),
                "needs root and a freezer of cgroup " + version + " in " + parent);
        return new ControlCgroup(parent);
    }

    /** The ways that this machine has: one is enough. */
    public static List<Freezer> freezers() {
        List<Freezer> there = Arrays.stream(Freezer.values())
                .filter(version -> Files.exists(parent(version).resolve("cgroup.procs")))
                .toList();
        return there.isEmpty() ? List.of(Freezer.V2) : there;
    }

    private static Path parent(Freezer version) {
        return version == Freezer.V1 ? ROOT.resolve("freezer") : v2();
    }

    /** Makes one that can limit threads. */
    public static ControlCgroup pids() {
        Path v1 = ROOT.resolve("pids");
        Path parent = Files.isDirectory(v1) ? v1 : ROOT;
        Machine.require(
                Machine.isAdmin() && Files.isWritable(parent.resolve("cgroup.procs")),
                "needs root and a pids controller in " + ROOT);
        ControlCgroup cgroup = new ControlCgroup(parent);
        if (!Files.exists(cgroup.directory().resolve("pids.max"))) {
            new CgroupDirectory(parent, parent).write("cgroup.subtree_control", "+pids");
        }
        return cgroup;
    }

    /** Where the v2 hierarchy is, beside v1 or alone. */
    private static Path v2() {
        Path unified = ROOT.resolve("unified");
        return Files.isDirectory(unified) ? unified : ROOT;
    }

    /** Its directory. */
    public Path directory() {
        return directory.path();
    }

    /** Moves a process here. */
    public void add(long pid) {
        directory.add(pid);
    }

    /** Stops what is in it, and returns when all of it has stopped; or has it go on. */
    public void freeze(boolean frozen) {
        String state = frozen ? "FROZEN" : "THAWED";
        Path v1 = directory().resolve("freezer.state");
        if (Files.exists(v1)) {
            directory.write("freezer.state", state);
            Eventually.eventually(() -> {
                if (!Files.readString(v1).trim().equals(state)) {
                    throw new AssertionError(Files.readString(v1));
                }
            });
        } else {
            directory.write("cgroup.freeze", frozen ? "1" : "0");
            Eventually.eventually(() -> {
                List<String> events = Files.readAllLines(directory().resolve("cgroup.events"));
                if (!events.contains("frozen " + (frozen ? 1 : 0))) {
                    throw new AssertionError(events);
                }
            });
        }
    }

    /** Allows so many threads in it. */
    public void limitThreads(long threads) {
        directory.write("pids.max", Long.toString(threads));
    }

    /** Removes it, moving what still runs in it up. */
    @Override
    public void close() {
        directory.close();
    }
}
