// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;

/**
 * Holds the conditions under which a pass runs.
 *
 * @param limitBytes the limit on locked mappings, -1 if there is none
 * @param isFuture whether {@code MCL_FUTURE} is in force as we want it
 * @param othersSetFuture whether new mappings are born locked by somebody else's doing
 */
public record PassConditions(long limitBytes, boolean isFuture, boolean othersSetFuture) {

    public static final PassConditions OF_UNLOCK = new PassConditions(-1, false, false);

    /**
     * Returns whether a selected segment is to be locked.
     *
     * <p>What is only reserved is not worth a byte of a limit. Where there is none it is locked too, as mlockall does:
     * malloc's arenas grow into it by mprotect, which keeps the lock.
     */
    boolean isWorthLocking(Segment segment) {
        return segment.mapping().isAccessible() || isFuture;
    }

    /** Returns whether what is locked and not selected is ours though we never locked it by name. */
    boolean areBornOurs() {
        return isFuture && !othersSetFuture;
    }

    /** Returns whether a limit applies that did not under earlier conditions. */
    boolean areLimitedSince(PassConditions before) {
        return limitBytes >= 0 && before != null && before.limitBytes < 0;
    }

    /**
     * Returns whether a segment is to be unlocked, though its region is selected: a limit applies, and it is only reserved or of
     * the first thread's stack. That stack grows by page faults. Locked, each growth counts against the limit, and beyond it
     * the answer is SIGSEGV. Linux {@code mm/vma.c: acct_stack_growth}
     */
    boolean mustStayUnlocked(Segment segment) {
        return limitBytes >= 0
                && (segment.mapping().isFirstStack() || !segment.mapping().isAccessible());
    }

    /** Compares as any record does, but is written out: see {@link Mapping#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PassConditions conditions
                && limitBytes == conditions.limitBytes
                && isFuture == conditions.isFuture
                && othersSetFuture == conditions.othersSetFuture;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(limitBytes);
    }
}
