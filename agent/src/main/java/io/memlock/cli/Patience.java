// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import java.util.concurrent.TimeUnit;

/**
 * Decides how long the command waits for a JVM that reports work: as long as the report changes, and at most many times
 * what the work should take. The JVM may be hostile and report work for ever.
 */
final class Patience {

    static final long WITHOUT_NEWS_NANOS = TimeUnit.MINUTES.toNanos(5);

    static final long AT_LEAST_NANOS = TimeUnit.MINUTES.toNanos(30);

    /** An attach takes 0.8 s for each GiB. */
    static final long PER_GIB_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int GIB_SHIFT = 30;

    private final long endNanos;
    private long newsNanos;

    /** Begins to wait for a JVM. */
    Patience(long nowNanos, long residentBytes) {
        this.newsNanos = nowNanos;
        this.endNanos = nowNanos + AT_LEAST_NANOS + (residentBytes >>> GIB_SHIFT) * PER_GIB_NANOS;
    }

    /** Tells whether the command should stop waiting. */
    boolean isOver(long nowNanos, boolean isNews) {
        if (isNews) {
            newsNanos = nowNanos;
        }
        return nowNanos - newsNanos > WITHOUT_NEWS_NANOS || nowNanos - endNanos > 0;
    }
}
