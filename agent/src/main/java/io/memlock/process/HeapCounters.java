// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.jvmstat.OpenedCounters;
import io.memlock.jvmstat.OwnCounters;
import io.memlock.jvmstat.YoungCollections;
import java.lang.instrument.Instrumentation;
import java.util.function.LongSupplier;

/** Estimates from HotSpot's counters how many bytes the next garbage collection takes at once; -1 if not known. */
final class HeapCounters implements LongSupplier {

    private static final long UNKNOWN = -1;

    private final Instrumentation instrumentation;

    /** Null before the first question, so that its class is not loaded before {@code main}. */
    private Opened counters;

    /** Opens nothing before the first question. */
    HeapCounters(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    @Override
    public long getAsLong() {
        if (counters == null) {
            counters = new Opened();
        }
        YoungCollections collections = counters.get();
        return collections == null ? UNKNOWN : collections.nextCopiedBytes();
    }

    /** Fails on another JDK, and with {@code -XX:-UsePerfData}. */
    private final class Opened extends OpenedCounters<YoungCollections> {
        @Override
        protected YoungCollections open() throws ReflectiveOperationException {
            return new YoungCollections(new OwnCounters(instrumentation));
        }
    }
}
