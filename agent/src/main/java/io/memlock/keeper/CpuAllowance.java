// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

/**
 * Limits a kind of work to a share of one CPU in the long run. Unused time is saved up to a limit, so a burst of work
 * is done at once and only continuous work is slowed down.
 *
 * <p>Not thread-safe.
 */
public final class CpuAllowance {

    private final long shareOf;
    private final long mostSavedNanos;
    private long savedNanos;
    private long countedAt;

    /**
     * Makes a full allowance.
     *
     * @param shareOf one part in so many: 100 for 1 %
     * @param mostSavedNanos CPU time that can be saved up
     */
    public CpuAllowance(long shareOf, long mostSavedNanos, long now) {
        this.shareOf = shareOf;
        this.mostSavedNanos = mostSavedNanos;
        this.savedNanos = mostSavedNanos;
        this.countedAt = now;
    }

    /** Takes what some work has cost in CPU time, though that may be more than there was. */
    public void spend(long cpuNanos) {
        savedNanos -= cpuNanos;
    }

    /**
     * Returns how long to rest before the next work.
     *
     * @return nanoseconds, 0 if it may start
     */
    public long restNanos(long now) {
        long earned = (now - countedAt) / shareOf;
        savedNanos = Math.min(mostSavedNanos, savedNanos + earned);
        countedAt += earned * shareOf;
        return savedNanos >= 0 ? 0 : -savedNanos * shareOf;
    }
}
