// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.util.concurrent.TimeUnit;

/**
 * Spaces attempts at what a passing lack of memory kept from being done. An attempt in vain may cost the application a
 * collection of its whole heap, as it does where metaspace is full, so each pause is twice as long as the one before.
 */
public final class RetryPause {

    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private long beginNanos;

    /** The length of the last pause; 0 before the first. */
    private long nanos;

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
        nanos = nanos == 0 ? FIRST_NANOS : Math.min(2 * nanos, LONGEST_NANOS);
    }

    /** Returns whether there is no pause, or it has lasted long enough and the heap has room again. */
    public boolean isOver(long nowNanos) {
        return nanos == 0 || (nowNanos - beginNanos >= nanos && HeapRoom.isThere());
    }
}
