// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

/**
 * Tells what it costs a process when somebody reads its {@code smaps} or {@code smaps_rollup}: the kernel walks its
 * page tables and holds its {@code mmap_lock} meanwhile. Measured with pages of 4 KiB.
 */
public final class SmapsCost {

    /** As a part of a sentence. */
    public static final String IN_WORDS = "9 ms for each resident GiB, during which that JVM cannot map memory";

    /** With no more resident than these, in bytes, nobody notices: 4.5 ms. */
    public static final long CHEAP_RESIDENT_BYTES = 512L << 20;

    /** {@link #CHEAP_RESIDENT_BYTES} as a part of a sentence. */
    public static final String CHEAP_IN_WORDS = "512 MiB";

    private SmapsCost() {}

    /** Returns whether reading it is noticed by nobody. */
    public static boolean isLow(long residentBytes) {
        return residentBytes <= CHEAP_RESIDENT_BYTES;
    }
}
