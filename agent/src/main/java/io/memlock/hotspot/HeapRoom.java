// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.util.concurrent.locks.LockSupport;

/**
 * Tells whether the Java heap has room for what the agent could also do later. If the heap is full when a class is
 * initialised, the class is unusable for ever, also for the application where it is a class of the JDK. An allocation
 * of ours that fails may also end the JVM ({@code -XX:+ExitOnOutOfMemoryError}).
 */
public final class HeapRoom {

    private static final long ENOUGH_BYTES = 2 << 20;

    /** The part of the largest heap that is enough where the heap is small. */
    private static final long PART = 32;

    /** The longest wait: a heap full of garbage looks no different while nobody allocates, and so nobody collects. */
    private static final long LONGEST_WAIT_NANOS = 10_000_000_000L;

    /** A heap of which less than this part is in use is not about to be full. */
    private static final long AMPLE_PART = 2;

    private static final int LOOKS = 4;

    private static final long BETWEEN_LOOKS_NANOS = 10_000_000;

    private HeapRoom() {}

    /** Returns whether the heap has that room. This costs well under a microsecond. */
    public static boolean isThere() {
        Runtime runtime = Runtime.getRuntime();
        long most = runtime.maxMemory();
        long free = most - runtime.totalMemory() + runtime.freeMemory();
        return free >= Math.min(ENOUGH_BYTES, most / PART);
    }

    /**
     * Returns whether the heap has that room, and keeps it for a moment: a heap that is full looks roomy now and then while
     * its collector works. Before classes of the JDK are initialised that do not have to be.
     */
    public static boolean lasts() {
        Runtime runtime = Runtime.getRuntime();
        boolean isAmple = runtime.totalMemory() - runtime.freeMemory() < runtime.maxMemory() / AMPLE_PART;
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
