// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Segment;
import java.io.IOException;

/**
 * Has a {@link HeapView} of ZGC's heap while there may be one, and says what it cannot hold. Changed by one thread at a time;
 * {@link #exists} and {@link #bytes} may be asked by any.
 */
final class ViewedHeap {

    /** That are populated in one go: 128 GiB where nothing of it is in swap any more. */
    private static final int MOST_PARTS = 512;

    private final LockParts parts;
    private volatile HeapView view;
    private volatile long bytes;
    private String problem;

    /** No view yet. */
    ViewedHeap(LockParts parts) {
        this.parts = parts;
    }

    /** Whether there is a heap that its collector maps anew while it runs, whether or not it can be viewed. */
    boolean isNeeded() {
        for (Segment segment : parts.reconciler().segments()) {
            if (segment.isRemappedHeap()) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a view, which has to be looked after more often than others may ask for; free. */
    boolean exists() {
        HeapView now = view;
        return now != null && now.exists();
    }

    /** Whether there is a view, and nothing known that it cannot hold. */
    boolean isWhole() {
        return exists() && problem == null;
    }

    /** What VmRSS counts once more for the view; free. */
    long bytes() {
        return bytes;
    }

    /** Where somebody has unlocked the view, what it held may have gone. Before it is locked again. */
    void check(long nowNanos) {
        if (exists() && !view.isLocked()) {
            view.allAgain(nowNanos);
        }
    }

    /**
     * Has the view reach as far as ZGC maps its heap. Populates nothing.
     *
     * @param nowNanos {@link System#nanoTime}
     * @return what the operator should know and was not told yet, null if nothing
     */
    String cover(long nowNanos) {
        if (view == null) {
            view = parts.heapView();
        }
        String before = problem;
        problem = view.cover(parts.reconciler().segments(), nowNanos);
        return problem == null || problem.equals(before)
                ? null
                : "ZGC's heap is locked where it is mapped, and what ZGC frees may be swapped out until it is used"
                        + " again (no second view of it: " + problem + ")";
    }

    /**
     * Populates what has been mapped since the last call, or the next part of it.
     *
     * @return whether there is more
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    boolean populatePart() throws IOException {
        if (!exists()) {
            return false;
        }
        parts.reconciler().look();
        boolean isMore = view.populate(parts.reconciler().segments());
        bytes = view.heldBytes();
        return isMore;
    }

    /**
     * Populates all of it, as far as it stands still: what is new the keeper sees to.
     *
     * @throws IOException as {@link #populatePart}
     */
    void populate() throws IOException {
        boolean isMore = true;
        for (int part = 0; isMore && part < MOST_PARTS; part++) {
            isMore = populatePart();
        }
    }

    /** Lets go. */
    void release() {
        HeapView last = view;
        view = null;
        bytes = 0;
        problem = null;
        if (last != null) {
            last.release();
        }
    }
}
