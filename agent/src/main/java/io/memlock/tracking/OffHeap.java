// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import io.memlock.os.ThreadCpuTime;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/**
 * Counts what the application allocates outside the heap: direct buffers whenever they are asked for, and native
 * segments from {@link #countSegments} on. Before that it costs nothing. Safe for use by several threads.
 */
public final class OffHeap {

    /** What is not known. */
    public static final long UNKNOWN = -1;

    /** A count stays good for so many times the CPU time it took: exporters read each attribute at each scrape. */
    private static final int REST = 200;

    private final Instrumentation instrumentation;
    private final BooleanSupplier hasMetaspaceRoom;
    private final ThreadCpuTime cpu;
    private final AtomicLongArray segments = new AtomicLongArray(2);
    private DirectBuffers buffers;
    private boolean isTried;
    private Count counted = Count.UNKNOWN;
    private long goodUntilNanos = System.nanoTime();
    private volatile long sinceNanos;
    private volatile boolean isCounting;
    private SegmentHook segmentHook;
    private volatile OffHeapSampler sampler;
    private long sampledSinceNanos;
    private boolean areBuffersSampled;
    private boolean areSegmentsSampled;

    /**
     * Allocations that are not freed.
     *
     * @param number how many there are, {@link OffHeap#UNKNOWN} if they cannot be counted
     * @param bytes what they hold, {@link OffHeap#UNKNOWN} if they cannot be counted
     */
    public record Count(long number, long bytes) {

        static final Count UNKNOWN = new Count(OffHeap.UNKNOWN, OffHeap.UNKNOWN);
    }

    /**
     * Counts nothing yet.
     *
     * @param hasMetaspaceRoom whether the classes that count have room: they could end the JVM otherwise
     * @param cpu of the calling thread, which does not grow while the whole JVM stands still
     */
    public OffHeap(Instrumentation instrumentation, BooleanSupplier hasMetaspaceRoom, ThreadCpuTime cpu) {
        this.instrumentation = instrumentation;
        this.hasMetaspaceRoom = hasMetaspaceRoom;
        this.cpu = cpu;
    }

    private void requireMetaspaceRoom() {
        if (!hasMetaspaceRoom.getAsBoolean()) {
            throw new IllegalStateException(
                    "metaspace is nearly full, and the classes that this takes could end the JVM."
                            + " To fix: raise -XX:MaxMetaspaceSize, and -XX:CompressedClassSpaceSize if it is given");
        }
    }

    /**
     * Counts the direct buffers, unless somebody has just done so.
     *
     * @return unknown where this JDK cannot be asked
     */
    public synchronized Count directBuffers() {
        try {
            if (!isTried) {
                buffers = openBuffers();
                isTried = true;
            }
            if (buffers != null && System.nanoTime() - goodUntilNanos >= 0) {
                long begun = System.nanoTime();
                long before = cpu.nanos();
                counted = buffers.count();
                long now = System.nanoTime();
                // On a virtual thread the CPU time may be that of two carriers.
                goodUntilNanos = now + REST * Math.min(cpu.since(before), now - begun);
            }
            return counted;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Count.UNKNOWN;
        }
    }

    /** Returns null where this JDK cannot be asked. Where memory is lacking just now, the error tells that it is not so. */
    private DirectBuffers openBuffers() {
        try {
            return new DirectBuffers(instrumentation);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    /**
     * Begins to count native segments. Further calls do nothing.
     *
     * @throws ReflectiveOperationException if they cannot be counted on this JDK; nothing has changed then
     * @throws IllegalStateException if metaspace is nearly full; nothing has changed then
     */
    public synchronized void countSegments() throws ReflectiveOperationException {
        if (!isCounting) {
            requireMetaspaceRoom();
            segmentHook = new SegmentHook(instrumentation);
            segmentHook.install(segments);
            sinceNanos = System.nanoTime();
            isCounting = true;
        }
    }

    /**
     * Begins to sample, by allocating class, direct buffers and, where there are any, native segments, which are counted then
     * too. Once is enough.
     *
     * @throws ReflectiveOperationException if neither can be sampled on this JDK
     * @throws IllegalStateException if metaspace is nearly full; nothing has changed then
     */
    public synchronized void sample() throws ReflectiveOperationException {
        if (sampler != null) {
            return;
        }
        requireMetaspaceRoom();
        OffHeapSampler created = new OffHeapSampler();
        Throwable failure = null;
        try {
            new BufferHook(instrumentation).install(created.directBuffers());
            areBuffersSampled = true;
        } catch (ReflectiveOperationException | LinkageError e) {
            failure = e;
        }
        try {
            countSegments();
            segmentHook.sample(created.segments());
            areSegmentsSampled = true;
        } catch (ReflectiveOperationException | LinkageError e) { // before JDK 22 there are none
            if (failure != null) {
                throw new ReflectiveOperationException(failure + ", " + e, failure);
            }
        }
        sampledSinceNanos = System.nanoTime();
        sampler = created;
    }

    /** Returns for how long allocations have been sampled; {@link #UNKNOWN} if they are not. */
    public long sampledMillis() {
        return sampler == null ? UNKNOWN : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sampledSinceNanos);
    }

    /**
     * Returns what each class has allocated since sampling began, and not freed.
     *
     * @return the class with the most bytes first; empty while nothing is sampled
     */
    public List<AllocatingClass> byClass() {
        OffHeapSampler current = sampler;
        return current == null ? List.of() : current.classes(areBuffersSampled, areSegmentsSampled);
    }

    /**
     * Returns the native segments that were allocated since counting began, and not freed yet.
     *
     * @return unknown while they are not counted
     */
    public Count segments() {
        return isCounting ? new Count(segments.get(0), segments.get(1)) : Count.UNKNOWN;
    }

    /** Returns for how long native segments have been counted; {@link #UNKNOWN} if they are not. */
    public long segmentsCountedMillis() {
        return isCounting ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos) : UNKNOWN;
    }
}
