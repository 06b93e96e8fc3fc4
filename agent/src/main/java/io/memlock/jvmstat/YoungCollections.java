// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;

/**
 * Estimates how much memory the next collection of the young generation takes at once: the live objects that it copies,
 * judging by the share that was live at the last collections. Not thread-safe.
 *
 * <p>G1 counts what is used of the young generation as it fills. Serial and Parallel do on JDK 17, and do not on 25.
 * HotSpot: generationCounters.cpp, g1MonitoringSupport.cpp, spaceCounters.cpp.
 */
public final class YoungCollections {

    private static final String COLLECTIONS = "sun.gc.collector.0.invocations";
    private static final String EDEN_CAPACITY = "sun.gc.generation.0.space.0.capacity";
    private static final String EDEN_USED = "sun.gc.generation.0.space.0.used";
    private static final String[] SURVIVORS = {"sun.gc.generation.0.space.1.used", "sun.gc.generation.0.space.2.used"};
    private static final String OLD_USED = "sun.gc.generation.1.space.0.used";

    /** Of a part that lived once, so much is expected the next time at least. */
    private static final double REMEMBERED = 0.5;

    private final CounterValues counters;
    private final int[] collectionsAt;
    private final int[] edenCapacityAt;
    private final int[] edenUsedAt;
    private final int[] survivorsAt;
    private final int[] oldUsedAt;

    private boolean isFirst = true;
    private long collections;
    private long edenCapacity;
    private long survivors;
    private long oldUsed;
    private double livingPart;

    public YoungCollections(OwnCounters own) throws ReflectiveOperationException {
        this(own.all());
    }

    YoungCollections(ByteBuffer all) {
        counters = new CounterValues(all);
        collectionsAt = counters.places(COLLECTIONS);
        edenCapacityAt = counters.places(EDEN_CAPACITY);
        edenUsedAt = counters.places(EDEN_USED);
        survivorsAt = counters.places(SURVIVORS);
        oldUsedAt = counters.places(OLD_USED);
    }

    /**
     * Returns what a collection would copy now. To ask often makes the estimate better.
     *
     * @return bytes; -1 if it is not known: this collector does not count so, or there were collections only before the first
     *     question
     */
    public long nextCopiedBytes() {
        long before = collections;
        collections = counters.sum(collectionsAt);
        long edenUsed = counters.sum(edenUsedAt);
        long filled = (collections - before) * (edenCapacity + survivors);
        survivors = counters.sum(survivorsAt);
        long old = counters.sum(oldUsedAt);
        if (isFirst) {
            isFirst = false;
            livingPart = collections == 0 ? 1 : -1;
        } else if (collections != before) {
            double copied = Math.max(0, old - oldUsed) + survivors;
            livingPart = Math.max(filled <= 0 ? 1 : Math.min(1, copied / filled), livingPart * REMEMBERED);
        }
        oldUsed = old;
        edenCapacity = counters.sum(edenCapacityAt);
        return edenUsed == 0 || livingPart < 0 ? -1 : (long) ((edenUsed + survivors) * livingPart);
    }
}
