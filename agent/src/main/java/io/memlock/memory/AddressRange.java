// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.List;

/** Addresses of a process that lie side by side. They are unsigned: {@code [vsyscall]} is in the upper half. */
public interface AddressRange {

    /** Returns the first address. */
    long start();

    /** Returns the address after the last byte. */
    long end();

    /**
     * Finds the first range that ends behind an address.
     *
     * @param ascending ranges that do not overlap
     * @return its index; the number of ranges if none does
     */
    static int firstEndingAfter(List<? extends AddressRange> ascending, long address) {
        int low = 0;
        int high = ascending.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(ascending.get(middle).end(), address) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * Returns whether a part of some addresses is in any of the ranges.
     *
     * @param ascending ranges that do not overlap
     */
    static boolean isAnyWithin(List<? extends AddressRange> ascending, long start, long end) {
        int first = firstEndingAfter(ascending, start);
        return first < ascending.size()
                && Long.compareUnsigned(ascending.get(first).start(), end) < 0;
    }
}
