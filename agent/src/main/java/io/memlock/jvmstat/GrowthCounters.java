// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

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

    private final CounterValues counters;
    private final int[] committed;
    private final int[] collections;

    public GrowthCounters(OwnCounters own) throws ReflectiveOperationException {
        counters = new CounterValues(own.all());
        committed = counters.places(COMMITTED);
        collections = counters.places(COLLECTIONS);
    }

    /**
     * Returns the bytes of heap and metaspace, roughly: G1 moves memory between its generations all the time, which is
     * no growth.
     */
    public long committed() {
        return counters.sum(committed);
    }

    public long collections() {
        return counters.sum(collections);
    }
}
