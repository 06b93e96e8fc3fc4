// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides how much of a live JVM's memory to lock or unlock in one call.
 *
 * <p>The kernel goes through what is resident, page by page, and meanwhile nobody else can map memory: 0.1 ms and more for
 * 512 small pages, which is what the slowest thousandth of the application's calls then waits. Before Linux 5.18 it goes
 * through what is not resident as well. So pieces are small where they take long, and large where they do not. Each moves a
 * border between two mappings: where huge pages may be, it has to lie between two of them, and one is gone through as fast
 * as a small page.
 */
public final class ChunkSize {

    /** The shortest piece: 20 microseconds of small pages, of which the call itself takes a third. */
    static final int SMALLEST_PAGES = 64;

    /** The longest piece. One that grew where nothing is resident has to be short enough for what is resident behind. */
    static final int LARGEST_PAGES = 512;

    static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

    static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(10);

    /** A slow piece of a file that must not stay locked. The slowest of the application's calls wait for so long. */
    static final long SLOW_FILE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    static final long QUICK_FILE_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    /** The longest piece of a sparse file. Where all of it is resident after all, it takes some 10 ms, once. */
    static final long LARGEST_FILE_BYTES = 256L << 20;

    /** The longest piece of a span. Where all of it has just been touched, it takes some 3 ms, once. */
    static final long LARGEST_SPAN_BYTES = 64L << 20;

    /** A length without bound: half of the address space. */
    private static final long WITHOUT_BOUND = 1L << 46;

    /** A piece is slow only if it takes more than so many times the cost of the call itself. */
    static final int SLOW_CALLS = 3;

    /** A piece is quick if it takes less than so many times the cost of the call: a longer one costs little more. */
    static final int QUICK_CALLS = 2;

    private final long pageBytes;
    private final LongSupplier hugePageBytes;
    private final LongSupplier callNanos;
    private final long mostBytes;
    private final long leastSlowNanos;
    private final long leastQuickNanos;
    private long slowNanos;
    private long quickNanos;
    private long smallestBytes;
    private long largestBytes;
    private long bytes;

    /**
     * Makes sizes that are found out when the first piece is due.
     *
     * @param hugePageBytes asked when the first piece is due: how large the largest huge pages may be, 0 if there are none
     * @param callNanos asked when the first piece is due: what the shortest call costs
     */
    public ChunkSize(long pageBytes, LongSupplier hugePageBytes, LongSupplier callNanos) {
        this(pageBytes, hugePageBytes, callNanos, LARGEST_PAGES * pageBytes, SLOW_NANOS, QUICK_NANOS);
    }

    private ChunkSize(
            long pageBytes,
            LongSupplier hugePageBytes,
            LongSupplier callNanos,
            long mostBytes,
            long leastSlowNanos,
            long leastQuickNanos) {
        this.pageBytes = pageBytes;
        this.hugePageBytes = hugePageBytes;
        this.callNanos = callNanos;
        this.mostBytes = mostBytes;
        this.leastSlowNanos = leastSlowNanos;
        this.leastQuickNanos = leastQuickNanos;
        this.slowNanos = leastSlowNanos;
        this.quickNanos = leastQuickNanos;
    }

    /** Returns sizes for files that must not stay locked, of which little is resident, or all. */
    ChunkSize ofFiles() {
        return new ChunkSize(
                pageBytes, hugePageBytes, callNanos, LARGEST_FILE_BYTES, SLOW_FILE_NANOS, QUICK_FILE_NANOS);
    }

    /** Returns sizes for spans of which nearly all is locked already, or only reserved. */
    ChunkSize ofSpans() {
        return new ChunkSize(
                pageBytes, hugePageBytes, callNanos, LARGEST_SPAN_BYTES, SLOW_FILE_NANOS, QUICK_FILE_NANOS);
    }

    /**
     * Returns sizes for addresses that are only reserved, of which there can be TiBs: nothing is resident, so only time
     * bounds them.
     */
    ChunkSize ofReserved() {
        LongSupplier largest = new LongSupplier() { // no lambda: this is on the way to main
                    @Override
                    public long getAsLong() {
                        return LARGEST_PAGES * pageBytes;
                    }
                };
        return new ChunkSize(pageBytes, largest, callNanos, WITHOUT_BOUND, SLOW_NANOS, QUICK_NANOS);
    }

    /** Asks again about huge pages, before the next piece. */
    void anew() {
        bytes = 0;
    }

    /** Returns where a piece ends that begins at an address: on a multiple of its length. */
    long end(long start) {
        if (bytes == 0) {
            long huge = hugePageBytes.getAsLong();
            smallestBytes = Math.max(SMALLEST_PAGES * pageBytes, huge);
            largestBytes = Math.max(mostBytes, huge);
            bytes = smallestBytes;
            long call = callNanos.getAsLong();
            slowNanos = Math.max(leastSlowNanos, SLOW_CALLS * call);
            quickNanos = Math.max(leastQuickNanos, QUICK_CALLS * call);
        }
        return (start / bytes + 1) * bytes;
    }

    /** Returns how long a piece may take before the next is shorter. */
    long slowNanos() {
        return slowNanos;
    }

    /**
     * Chooses the length of the next piece by what one took.
     *
     * @param nanos of a piece as long as {@link #end} says, or shorter
     */
    void took(long nanos) {
        if (nanos > slowNanos) {
            bytes = Math.max(smallestBytes, bytes / 2);
        } else if (nanos < quickNanos) {
            bytes = Math.min(largestBytes, bytes * 2);
        }
    }
}
