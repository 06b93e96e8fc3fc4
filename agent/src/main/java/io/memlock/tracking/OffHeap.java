// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what the application allocates outside the heap: direct buffers whenever it is asked, and native segments from the
 * moment on at which that is asked for. Until it is asked it costs nothing. Safe for use by several threads.
 */
public final class OffHeap {

    /** What is not known. */
    public static final long UNKNOWN = -1;

    private final Instrumentation instrumentation;
    private final AtomicLongArray segments = new AtomicLongArray(2);
    private DirectBuffers buffers;
    private boolean isTried;
    private volatile long sinceNanos;
    private volatile boolean isCounting;

    /** Counts nothing yet. */
    public OffHeap(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /**
     * Counts the direct buffers.
     *
     * @return the number and the bytes, {@link #UNKNOWN} where this JDK cannot be asked
     */
    public synchronized long[] directBuffers() {
        try {
            if (!isTried) {
                isTried = true;
                buffers = new DirectBuffers(instrumentation);
            }
            long[] count = buffers == null ? null : buffers.count();
            return count == null ? unknown() : count;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return unknown();
        }
    }

    /**
     * Begins to count native segments. Once is enough.
     *
     * @throws ReflectiveOperationException if they cannot be counted on this JDK; nothing has changed then
     */
    public synchronized void countSegments() throws ReflectiveOperationException {
        if (!isCounting) {
            new SegmentHook(instrumentation).install(segments);
            sinceNanos = System.nanoTime();
            isCounting = true;
        }
    }

    /**
     * Returns the native segments that were allocated since they are counted, and not freed yet.
     *
     * @return the number and the bytes, {@link #UNKNOWN} while they are not counted
     */
    public long[] segments() {
        return isCounting ? new long[] {segments.get(0), segments.get(1)} : unknown();
    }

    /** Returns for how long native segments have been counted; {@link #UNKNOWN} if they are not. */
    public long segmentsCountedMillis() {
        return isCounting ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos) : UNKNOWN;
    }

    private static long[] unknown() {
        return new long[] {UNKNOWN, UNKNOWN};
    }
}
