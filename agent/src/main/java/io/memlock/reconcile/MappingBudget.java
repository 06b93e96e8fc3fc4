// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

/**
 * Sets the number of mappings at which splitting stops. The JVM needs new mappings, too, and ends if it cannot get
 * them.
 */
public final class MappingBudget {

    /** The share of vm.max_map_count at which splitting ends. */
    private static final double SHARE = 0.8;

    public static final String SHARE_IN_WORDS = "80 %";

    /** Tells why splitting ends before the kernel refuses it. */
    public static final String MEANING = "at the kernel's limit on mappings the JVM itself would fail";

    /** How many mappings it adds at most to lock or unlock a part of one. */
    public static final int NEW_BY_A_SPLIT = 2;

    private MappingBudget() {}

    /**
     * Returns the number of mappings from which on none is split.
     *
     * @param maxMapCount vm.max_map_count
     */
    public static long of(long maxMapCount) {
        return (long) (maxMapCount * SHARE);
    }
}
