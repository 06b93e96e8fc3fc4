// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

/**
 * Tells when the lock was last compared with what the kernel says.
 *
 * @param nanos {@link System#nanoTime}, which stands still while the host is suspended, as locks do
 */
public record Verification(long nanos) {

    /** Periods that may go by before a verification is stale. */
    private static final int FEW = 3;

    /** The shortest period that counts: on a busy host a delay of a second is no news. */
    private static final long SHORTEST_PERIOD_NANOS = 1_000_000_000L;

    /**
     * Returns until when it is good.
     *
     * @param periodNanos the time between two looks that the keeper intends: it is stale after a few of them
     * @return as {@link System#nanoTime}
     */
    public long goodUntilNanos(long periodNanos) {
        return nanos + FEW * Math.max(SHORTEST_PERIOD_NANOS, periodNanos);
    }

    boolean isStaleAt(long nowNanos, long periodNanos) {
        return nowNanos - goodUntilNanos(periodNanos) > 0;
    }
}
