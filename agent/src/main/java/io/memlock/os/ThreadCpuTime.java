// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/**
 * Measures the CPU time of the calling thread, which unlike the clock's time does not grow while the thread sleeps or
 * others run. It asks the C library: {@code ThreadMXBean} would initialise the JVM's management, and where that fails
 * for want of memory, it stays broken for the application.
 */
public final class ThreadCpuTime {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LibC libc;
    private final long[] time = new long[2];

    /** Whether the last answer was the clock's. */
    private boolean isClocks;

    /** Makes a clock for one thread. */
    public ThreadCpuTime(LibC libc) {
        this.libc = libc;
    }

    /**
     * Returns how much CPU time the calling thread has used.
     *
     * @return nanoseconds from an arbitrary start; the clock's where CPU time is not known
     */
    public long nanos() {
        isClocks = libc.clock_gettime(Linux.CLOCK_THREAD_CPUTIME_ID, time) != 0;
        return isClocks ? System.nanoTime() : time[0] * NANOS_PER_SECOND + time[1];
    }

    /**
     * Returns how much CPU time the calling thread has used since the last answer of {@link #nanos}.
     *
     * @param before that answer
     * @return nanoseconds; 0 where the two answers cannot be compared, because a filter has begun to keep the call from the
     *     kernel, or a virtual thread has changed its carrier
     */
    public long since(long before) {
        boolean wasClocks = isClocks;
        long nanos = nanos() - before;
        return wasClocks == isClocks ? Math.max(0, nanos) : 0;
    }
}
