// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What HotSpot counts of collections and of committed memory, brought up to date at each collection. */
public final class GrowthCounters {

    /** HotSpot: generationCounters.cpp, collectorCounters.cpp, metaspaceCounters.cpp. */
    private static final String[] COMMITTED = {
        "sun.gc.generation.0.capacity",
        "sun.gc.generation.1.capacity",
        "sun.gc.generation.2.capacity",
        "sun.gc.metaspace.capacity"
    };

    private static final String[] COLLECTIONS = {
        "sun.gc.collector.0.invocations", "sun.gc.collector.1.invocations", "sun.gc.collector.2.invocations"
    };

    private final ByteBuffer counters;
    private final int[] committed;
    private final int[] collections;

    /**
     * Finds them.
     *
     * @param own the JVM's counters
     * @throws ReflectiveOperationException if they cannot be read
     */
    public GrowthCounters(OwnCounters own) throws ReflectiveOperationException {
        counters = own.all().order(ByteOrder.nativeOrder());
        byte[] file = new byte[counters.capacity()];
        counters.get(0, file);
        committed = places(file, COMMITTED);
        collections = places(file, COLLECTIONS);
    }

    private static int[] places(byte[] file, String... names) {
        int[] places = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            places[i] = PerfData.placeOf(file, names[i]);
        }
        return places;
    }

    /**
     * Returns the bytes of heap and metaspace, roughly: G1 moves memory between its generations all the time, which is
     * no growth.
     */
    public long committed() {
        return sum(committed);
    }

    /** Returns how many collections there have been. */
    public long collections() {
        return sum(collections);
    }

    private long sum(int... places) {
        long sum = 0;
        for (int place : places) {
            sum += place < 0 ? 0 : counters.getLong(place);
        }
        return sum;
    }
}
