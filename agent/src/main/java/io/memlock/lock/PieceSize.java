// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How much of a live JVM's memory to lock or unlock in one call.
 *
 * <p>The kernel goes through what is resident, page by page, and meanwhile nobody else can map memory: 0.1 ms and more for
 * 2 MiB of 4 KiB pages, which is what the slowest thousandth of the application's calls then waits. So pieces are small
 * where they take long, and large where little is resident. Each moves a border between two mappings: where huge pages may
 * be, it has to lie between two of them, and one is gone through as fast as a small page.
 */
final class PieceSize {

    /** A huge page of the machines there are; with larger base pages they are larger, and seldom. */
    static final long LARGEST_BYTES = 2L << 20;

    /** 256 KiB of 4 KiB pages: some 20 microseconds, of which the call itself takes a third. */
    static final int SMALLEST_PAGES = 64;

    static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

    static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(10);

    private final long pageBytes;
    private final BooleanSupplier mayHoldHugePages;
    private long smallestBytes;
    private long bytes;

    /**
     * Not known yet.
     *
     * @param pageBytes the page size
     * @param mayHoldHugePages asked when the first piece is due
     */
    PieceSize(long pageBytes, BooleanSupplier mayHoldHugePages) {
        this.pageBytes = pageBytes;
        this.mayHoldHugePages = mayHoldHugePages;
    }

    /** Asks again about huge pages, before the next piece. */
    void anew() {
        bytes = 0;
    }

    /**
     * Where a piece ends that begins here: on a multiple of its length.
     *
     * @param start an address
     */
    long end(long start) {
        if (bytes == 0) {
            long small = Math.min(SMALLEST_PAGES * pageBytes, LARGEST_BYTES);
            smallestBytes = mayHoldHugePages.getAsBoolean() ? LARGEST_BYTES : small;
            bytes = smallestBytes;
        }
        return (start / bytes + 1) * bytes;
    }

    /**
     * Chooses the length of the next piece by what one took.
     *
     * @param nanos of a piece as long as {@link #end} says, or shorter
     */
    void took(long nanos) {
        if (nanos > SLOW_NANOS) {
            bytes = Math.max(smallestBytes, bytes / 2);
        } else if (nanos < QUICK_NANOS) {
            bytes = Math.min(LARGEST_BYTES, bytes * 2);
        }
    }
}
