// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.jvmstat.OwnCounters;
import io.memlock.jvmstat.YoungCollections;
import java.lang.instrument.Instrumentation;
import java.util.function.LongSupplier;

/** Estimates from HotSpot's counters how many bytes the next garbage collection takes at once; -1 if not known. */
final class HeapCounters implements LongSupplier {

    private static final long UNKNOWN = -1;

    private final Instrumentation instrumentation;
    private boolean hasLooked;
    private YoungCollections collections;

    /** Opens nothing before the first question. */
    HeapCounters(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    @Override
    public long getAsLong() {
        if (!hasLooked) {
            hasLooked = true;
            collections = collections();
        }
        return collections == null ? UNKNOWN : collections.nextCopiedBytes();
    }

    private YoungCollections collections() {
        try {
            return new YoungCollections(new OwnCounters(instrumentation));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // another JDK, or -XX:-UsePerfData
        }
    }
}
