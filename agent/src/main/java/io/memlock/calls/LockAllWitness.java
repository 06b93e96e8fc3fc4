// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.os.LibC;

/**
 * Tells whether somebody has locked all there is since it began, by {@code mlockall}: then a page of our own is locked that
 * nobody locks for itself. Nothing else tells it without a look at smaps.
 */
public final class LockAllWitness {

    private final LibC libc;
    private final LockProbe probe;
    private final long pageBytes;
    private long page = LibC.MAP_FAILED;

    LockAllWitness(LibC libc, LockProbe probe, long pageBytes) {
        this.libc = libc;
        this.probe = probe;
        this.pageBytes = pageBytes;
    }

    /** Returns whether it has begun. */
    public boolean hasBegun() {
        return page != LibC.MAP_FAILED;
    }

    /** Begins, if it can: it takes a mapping. */
    public void begin() {
        page = probe.mapPage();
    }

    /** Forgets what was since it began. */
    public void end() {
        if (hasBegun()) {
            libc.munmap(page, pageBytes);
            page = LibC.MAP_FAILED;
        }
    }

    /** Returns whether certainly nobody has locked all there is since it began, or all is unlocked again. */
    public boolean sawNothing() {
        return hasBegun() && probe.ask(page) == LockProbe.Answer.UNLOCKED;
    }
}
