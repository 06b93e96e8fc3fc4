// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import java.util.concurrent.TimeUnit;

/**
 * Spaces attempts at what a passing lack of memory kept from being done. An attempt in vain may cost the application a
 * collection of its whole heap, as it does where metaspace is full, so each pause is twice as long as the one before.
 */
public final class RetryPause {

    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final long longestNanos;
    private long beginNanos;

    /** The length of the last pause; 0 before the first. */
    private long nanos;

    /** Makes a pause that has not begun, and is ten minutes at the longest. */
    public RetryPause() {
        this(LONGEST_NANOS);
    }

    /** Makes a pause that has not begun. */
    public RetryPause(long longestNanos) {
        this.longestNanos = longestNanos;
    }

    /** Returns whether a failure is for lack of memory, which passes: the JVM answers most others in the same way for good. */
    public static boolean isWorthwhileAfter(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof VirtualMachineError || cause instanceof FullHeapException) {
                return true;
            }
        }
        return false;
    }

    /** Begins a pause, of a second if it is the first. */
    public void begin(long nowNanos) {
        beginNanos = nowNanos;
        nanos = nanos == 0 ? FIRST_NANOS : Math.min(2 * nanos, longestNanos);
    }

    /** Ends the pause after a success: the next failure is the first. */
    public void end() {
        nanos = 0;
    }

    /** Returns whether there is no pause, or it has lasted long enough and the heap has room again. */
    public boolean isOver(long nowNanos) {
        return nanos == 0 || (hasLasted(nowNanos) && HeapRoom.isThere());
    }

    /** Returns whether there is no pause, or it has lasted long enough: for what must be tried in a full heap as well. */
    public boolean hasLasted(long nowNanos) {
        return nanos == 0 || nowNanos - beginNanos >= nanos;
    }
}
