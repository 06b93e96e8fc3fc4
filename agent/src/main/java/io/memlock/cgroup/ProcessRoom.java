// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.proc.LockedSizeReader;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;

/** {@link RoomSource} of the process this runs in. */
public final class ProcessRoom implements RoomSource {

    private final ProcFs proc;
    private final FreeRoom free;
    private final LockedSizeReader sizes;

    public ProcessRoom(ProcFs proc) {
        this.proc = proc;
        this.free = new FreeRoom(proc, ProcFs.SELF);
        this.sizes = proc.lockedSizeReader(ProcFs.SELF);
    }

    @Override
    public long freeBytes() {
        return free.bytes();
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
