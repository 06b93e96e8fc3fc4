// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads numeric counters again and again, at a cost of nanoseconds. */
final class CounterValues {

    private final ByteBuffer counters;
    private final byte[] names;

    /**
     * Takes the names that are there.
     *
     * @param counters as they are in the file of a JVM, which goes on writing to them
     */
    CounterValues(ByteBuffer counters) {
        this.counters = counters.order(ByteOrder.nativeOrder());
        names = new byte[counters.capacity()];
        counters.get(0, names);
    }

    /** Returns where each of them has its value, -1 if there is none of that name. */
    int[] places(String... wanted) {
        int[] places = new int[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            places[i] = PerfData.placeOf(names, wanted[i]);
        }
        return places;
    }

    /** Returns the sum of those that are there. */
    long sum(int... places) {
        long sum = 0;
        for (int place : places) {
            sum += place < 0 ? 0 : counters.getLong(place);
        }
        return sum;
    }
}
