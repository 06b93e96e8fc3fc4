// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import java.util.concurrent.locks.LockSupport;

/**
 * Tells whether the Java heap has room for work that the agent could also do later. If the heap is full when a class is
 * initialised, the class is unusable for ever, also for the application where it is a class of the JDK. An allocation
 * of ours that fails may also end the JVM ({@code -XX:+ExitOnOutOfMemoryError}).
 */
public final class HeapRoom {

    private static final long ENOUGH_BYTES = 2 << 20;

    /** The part of the largest heap that is enough where the heap is small. */
    private static final long PART = 32;

    /** The longest wait: a heap full of garbage looks no different while nobody allocates, and so nobody collects. */
    private static final long LONGEST_WAIT_NANOS = 10_000_000_000L;

    /** A heap of which more than this part is free is not about to be full. */
    private static final long AMPLE_PART = 2;

    private static final int LOOKS = 4;

    private static final long BETWEEN_LOOKS_NANOS = 10_000_000;

    private HeapRoom() {}

    /** Returns whether the heap has that room. This costs well under a microsecond. */
    public static boolean isThere() {
        return freeBytes() >= Math.min(ENOUGH_BYTES, Runtime.getRuntime().maxMemory() / PART);
    }

    /** Returns how much more the heap can take before it has to be collected. */
    public static long freeBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /**
     * Returns whether the heap has that room, and keeps it for 30 ms: a heap that is full looks roomy now and then while its
     * collector works. Whoever asks this is about to initialise classes of the JDK. Where most of the heap is free it takes
     * no time.
     */
    public static boolean lasts() {
        boolean isAmple = freeBytes() > Runtime.getRuntime().maxMemory() / AMPLE_PART;
        for (int look = 1; look < LOOKS && !isAmple && isThere(); look++) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
        return isThere();
    }

    /**
     * Returns whether nobody should wait for that room any longer: somebody has to keep the promise.
     *
     * @param startNanos since when, a {@link System#nanoTime}
     */
    public static boolean isOverdue(long startNanos) {
        return System.nanoTime() - startNanos >= LONGEST_WAIT_NANOS;
    }
}
