// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

/**
 * How a range is to be locked.
 *
 * @param isOnFault false if all pages are brought into RAM before the call returns, as by mlock(2); true if only those are
 *     locked that are in RAM, and the others when they are first touched, as by mlock2(2) with {@code MLOCK_ONFAULT}
 * @param isInCoreDump false if the pages are left out of core dumps for as long as the lock is held: madvise(2), {@code
 *     MADV_DONTDUMP}
 */
public record LockOptions(boolean isOnFault, boolean isInCoreDump) {

    /** All pages are in RAM when the call returns. */
    public static final LockOptions POPULATED = new LockOptions(false, true);

    /** Pages that are not in RAM yet are locked when they are first touched. */
    public static final LockOptions ON_FAULT = new LockOptions(true, true);

    /**
     * Returns these options, with the pages left out of core dumps.
     *
     * <p>Whole pages are left out, with whatever else is on the first and the last. When the last lock that wants it is
     * closed, they are in core dumps again: wipe a secret before that.
     */
    public LockOptions withoutCoreDump() {
        return new LockOptions(isOnFault, false);
    }
}
