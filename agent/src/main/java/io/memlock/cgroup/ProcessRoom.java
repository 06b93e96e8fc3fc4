// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.proc.LockedSizeReader;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.util.List;

/** {@link RoomSource} of the process this runs in. Not thread-safe. */
public final class ProcessRoom implements RoomSource {

    /** A process seldom moves to another cgroup: where it is now is looked up in one measurement of so many. */
    private static final int LOCATE_EVERY = 64;

    private final ProcFs proc;
    private final Cgroups cgroups;
    private final LockedSizeReader sizes;
    private List<CgroupLevel> levels = List.of();
    private int measurements;

    public ProcessRoom(ProcFs proc) {
        this.proc = proc;
        this.cgroups = new Cgroups(proc);
        this.sizes = proc.lockedSizeReader(ProcFs.SELF);
    }

    @Override
    public long freeBytes() {
        long available = proc.memInfo().availableBytes();
        long room = available < 0 ? UNLIMITED : available; // hidden, as with /proc mounted subset=pid
        if (measurements++ % LOCATE_EVERY == 0) {
            levels = cgroups.memory(ProcFs.SELF).levels();
        }
        for (CgroupLevel level : levels) {
            room = Math.min(room, level.freeBytes());
        }
        return room;
    }

    /** ZGC's heap is a file in memory, and not anonymous. What else is resident counts as heap: it is seldom much. */
    @Override
    public long heapToComeBytes() {
        try {
            ProcessStatus status = proc.status(ProcFs.SELF);
            long resident = Math.max(0, status.rssAnonBytes()) + Math.max(0, status.rssShmemBytes());
            return Math.max(0, Runtime.getRuntime().maxMemory() - resident);
        } catch (IOException e) {
            return Runtime.getRuntime().maxMemory();
        }
    }

    @Override
    public Locked locked() throws IOException {
        long[] bytes = sizes.read();
        return new Locked(bytes[0], bytes[1]);
    }
}
