// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.util.function.LongSupplier;

/**
 * Measures the CPU time of the calling thread, which unlike the clock's time does not grow while the thread sleeps or
 * others run. It asks the C library: {@code ThreadMXBean} would initialise the JVM's management, and where that fails
 * for want of memory, it stays broken for the application.
 */
public final class ThreadCpuTime implements LongSupplier {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LibC libc;
    private final long[] time = new long[2];

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
        return libc.clock_gettime(Linux.CLOCK_THREAD_CPUTIME_ID, time) == 0
                ? time[0] * NANOS_PER_SECOND + time[1]
                : System.nanoTime();
    }

    /** Returns {@link #nanos}. */
    @Override
    public long getAsLong() {
        return nanos();
    }
}
