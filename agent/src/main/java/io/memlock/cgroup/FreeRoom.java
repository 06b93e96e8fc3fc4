// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How much more memory a process could keep from being reclaimed before the kernel would have to kill: the least of what its
 * memory cgroup, each visible one above it, and the host have left. Page cache that is not locked counts as free, because
 * the kernel drops it first. Not thread-safe.
 */
public final class FreeRoom {

    /** Where no limit is known. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** A process seldom moves to another cgroup: where it is now is looked up in one measurement of so many. */
    private static final int LOCATE_EVERY = 64;

    private final ProcFs proc;
    private final Cgroups cgroups;
    private final String pid;
    private List<Level> levels = List.of();
    private int measurements;

    FreeRoom(ProcFs proc, Cgroups cgroups, String pid) {
        this.proc = proc;
        this.cgroups = cgroups;
        this.pid = pid;
    }

    /**
     * Measures it.
     *
     * @return bytes, {@link #UNLIMITED} if neither the host nor a cgroup tells
     */
    public long bytes() {
        long room = hostBytes();
        if (measurements++ % LOCATE_EVERY == 0) {
            levels = locate();
        }
        for (Level level : levels) {
            room = Math.min(room, level.bytes());
        }
        return room;
    }

    private long hostBytes() {
        long available = proc.memInfo().availableBytes();
        return available < 0 ? UNLIMITED : available; // hidden, as with /proc mounted subset=pid
    }

    private List<Level> locate() {
        try {
            List<Level> found = new ArrayList<>();
            for (Cgroups.MemoryCgroup cgroup : cgroups.memoryCgroups(pid)) {
                found.add(new Level(cgroup.version(), cgroup.files()));
            }
            return found;
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * One cgroup.
     *
     * @param version 1 or 2
     * @param files of its directory
     */
    record Level(int version, CgroupFiles files) {

        private static final Keys RECLAIMABLE_V2 = new Keys("inactive_file ", "active_file ");
        private static final Keys RECLAIMABLE_V1 = new Keys("total_inactive_file ", "total_active_file ");
        private static final Keys HIERARCHICAL_LIMIT = new Keys("hierarchical_memory_limit ");

        /** Bytes left here. */
        long bytes() {
            long limit = limitBytes();
            long usage = CgroupMemory.number(files, version == 1 ? "memory.usage_in_bytes" : "memory.current");
            if (limit < 0 || usage < 0) {
                return UNLIMITED;
            }
            String stat = files.text("memory.stat");
            long reclaimable = sum(stat, version == 1 ? RECLAIMABLE_V1 : RECLAIMABLE_V2);
            return Math.max(0, limit - Math.max(0, usage - reclaimable));
        }

        /** Beyond memory.high a process is not killed, but stopped again and again: as bad. */
        private long limitBytes() {
            if (version == 2) {
                return CgroupMemory.tighter(
                        CgroupMemory.number(files, "memory.max"), CgroupMemory.number(files, "memory.high"));
            }
            return CgroupMemory.tighter(
                    CgroupMemory.number(files, "memory.limit_in_bytes"),
                    CgroupMemory.keyed(files, "memory.stat", HIERARCHICAL_LIMIT));
        }

        private static long sum(String stat, Keys keys) {
            if (stat == null) {
                return 0;
            }
            Cursor lines = new Cursor("memory.stat", stat);
            long total = 0;
            while (lines.nextLine()) {
                if (keys.find(lines, Keys.NONE) != Keys.NONE) {
                    total += lines.number();
                }
            }
            return total;
        }
    }
}
