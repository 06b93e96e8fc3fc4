// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import java.util.concurrent.TimeUnit;

/** Tells whether the JVM has got memory since somebody last asked. */
public enum Growth {
    /** No sign of it. */
    NONE,
    /** After a garbage collection, or because more or less of anything is mapped. */
    POSSIBLE,
    /** The committed size of heap or metaspace has changed. */
    CERTAIN;

    /** Minimum delay between two looks whether the JVM has grown. */
    static final long SOONEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Maximum delay: a look reads a few numbers in memory, and statm. */
    public static final long LATEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The delay is 1/8 of the time since the last growth, because growth comes in bursts. */
    private static final long LOOK_PART = 8;

    /**
     * Returns how long to wait before the next look.
     *
     * @param sinceNanos the time since the last growth
     */
    public static long nanosToNextLook(long sinceNanos) {
        return Math.max(SOONEST_LOOK_NANOS, Math.min(LATEST_LOOK_NANOS, sinceNanos / LOOK_PART));
    }

    /** Tells whether the JVM may have grown. One thread asks several times a second. */
    public interface Source {

        /**
         * Looks for growth.
         *
         * @return what has happened since the last call
         */
        Growth look();
    }
}
