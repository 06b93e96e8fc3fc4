// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.calls.LockLimit;
import io.memlock.memory.Region;
import java.util.EnumSet;
import java.util.Set;

/**
 * Divides what may be locked under a finite {@code RLIMIT_MEMLOCK}. It admits whole regions, in the order the user
 * named them, when all that is committed of them fits; an admitted region may grow as long as there is room. What is
 * charged is the length of locked mappings, resident or not.
 *
 * <p>Not thread-safe.
 */
final class MemlockBudget {

    private final Set<Region> admitted = EnumSet.noneOf(Region.class);
    private long roomBytes;

    /**
     * Starts a pass.
     *
     * @param limitBytes the limit, -1 if there is none
     * @param chargedBytes what is charged already, by anybody: VmLck
     * @param reserveBytes what must stay free beside the application's reserve, for what HotSpot maps over what is locked
     */
    void begin(long limitBytes, long chargedBytes, long reserveBytes) {
        roomBytes = limitBytes < 0
                ? Long.MAX_VALUE
                : Math.max(0, LockLimit.usableBytes(limitBytes) - chargedBytes - reserveBytes);
    }

    /** Forgets which regions were let in: under other conditions they may not fit. */
    void reconsider() {
        admitted.clear();
    }

    /** Returns whether a region has been let in, now or earlier. */
    boolean isAdmitted(Region region) {
        return admitted.contains(region);
    }

    /**
     * Lets regions in if what is unlocked of them fits.
     *
     * @param needBytes unlocked bytes of all of them
     */
    void admit(Iterable<Region> regions, long needBytes) {
        if (needBytes <= roomBytes) {
            for (Region region : regions) {
                admitted.add(region);
            }
        }
    }

    /** Takes room for a segment. */
    boolean take(long bytes) {
        if (bytes > roomBytes) {
            return false;
        }
        roomBytes -= bytes;
        return true;
    }
}
