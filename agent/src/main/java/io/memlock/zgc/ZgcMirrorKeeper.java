// SPDX-License-Identifier: Apache-2.0
package io.memlock.zgc;

import io.memlock.memory.Segment;
import java.util.List;
import java.util.function.Supplier;

/**
 * Keeps a {@link ZgcMirror} of ZGC's heap while there may be one, and says what it cannot hold. One thread at a time
 * may change it; any thread may call {@link #exists} and {@link #bytes}.
 */
public final class ZgcMirrorKeeper {

    private final Supplier<ZgcMirror> maker;
    private volatile ZgcMirror mirror;
    private volatile long bytes;
    private String problem;

    /**
     * Keeps no mirror until {@link #cover}.
     *
     * @param maker makes one, when it is needed for the first time
     */
    public ZgcMirrorKeeper(Supplier<ZgcMirror> maker) {
        this.maker = maker;
    }

    /** Returns whether there is a mirror, which needs passes more often than the interval may ask for. This is free. */
    public boolean exists() {
        ZgcMirror now = mirror;
        return now != null && now.exists();
    }

    /** Returns whether there is a mirror, and it holds all of the heap as far as is known. */
    public boolean isWhole() {
        return exists() && problem == null;
    }

    /** Returns how many bytes VmRSS counts once more for the mirror. This is free. */
    public long bytes() {
        return bytes;
    }

    /** Checks, before a pass locks it again, whether somebody has unlocked the mirror: what it held may have gone. */
    public void check(long nowNanos) {
        if (exists() && !mirror.isLocked()) {
            mirror.allAgain(nowNanos);
        }
    }

    /**
     * Extends the mirror to all that ZGC has mapped of its heap. Populates nothing.
     *
     * @param segments all of the process
     * @return a message for the operator that was not given before, null if there is none
     */
    public String cover(List<Segment> segments, long nowNanos) {
        if (mirror == null) {
            mirror = maker.get();
        }
        String before = problem;
        problem = mirror.cover(segments, nowNanos);
        return problem == null || problem.equals(before)
                ? null
                : "ZGC's heap is locked while it is mapped, but memory that ZGC has freed can be swapped out until"
                        + " ZGC uses it again (no second view of it: " + problem + ")";
    }

    /**
     * Populates what has been mapped since the last call, or the next part of it. There is a mirror.
     *
     * @param segments all of the process, as it is now
     * @return whether there is more
     */
    public boolean populatePart(List<Segment> segments) {
        boolean isMore = mirror.populate(segments);
        bytes = mirror.heldBytes();
        return isMore;
    }

    public void release() {
        ZgcMirror last = mirror;
        mirror = null;
        bytes = 0;
        problem = null;
        if (last != null) {
            last.release();
        }
    }
}
