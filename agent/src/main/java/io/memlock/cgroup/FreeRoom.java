// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.proc.ProcFs;
import java.util.List;

/**
 * How much more memory a process could keep from being reclaimed before the kernel would have to kill: the least of what its
 * memory cgroup, each visible one above it, and the host have left. Page cache that is not locked counts as free, because
 * the kernel drops it first. Not thread-safe.
 */
final class FreeRoom {

    /** Where no limit is known. */
    static final long UNLIMITED = Long.MAX_VALUE;

    /** A process seldom moves to another cgroup: where it is now is looked up in one measurement of so many. */
    private static final int LOCATE_EVERY = 64;

    private final ProcFs proc;
    private final Cgroups cgroups;
    private final String pid;
    private List<CgroupLevel> levels = List.of();
    private int measurements;

    FreeRoom(ProcFs proc, String pid) {
        this.proc = proc;
        this.cgroups = new Cgroups(proc);
        this.pid = pid;
    }

    /**
     * Measures it.
     *
     * @return bytes, {@link #UNLIMITED} if neither the host nor a cgroup tells
     */
    long bytes() {
        long room = hostBytes();
        if (measurements++ % LOCATE_EVERY == 0) {
            levels = cgroups.memory(pid).levels();
        }
        for (CgroupLevel level : levels) {
            room = Math.min(room, level.freeBytes());
        }
        return room;
    }

    private long hostBytes() {
        long available = proc.memInfo().availableBytes();
        return available < 0 ? UNLIMITED : available; // hidden, as with /proc mounted subset=pid
    }
}
