// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.jvmstat.GrowthCounters;
import io.memlock.jvmstat.OpenedCounters;
import io.memlock.jvmstat.OwnCounters;
import io.memlock.keeper.Growth;
import io.memlock.proc.AddressSpaceReader;
import io.memlock.proc.ProcFs;
import java.lang.instrument.Instrumentation;

/**
 * Tells when HotSpot may have committed memory. After a garbage collection the heap may have grown or moved; HotSpot
 * counts collections. Metaspace and the code cache grow without one; the kernel's count of mapped memory shows that.
 * Nothing here initialises the JVM's management: if that failed for lack of memory, it would stay broken for the
 * application.
 */
public final class GrowthSignals extends OpenedCounters<GrowthCounters> implements Growth.Source {

    private final Instrumentation instrumentation;
    private final AddressSpaceReader addressSpace;

    private long committed;
    private long collections;

    /** Opens nothing yet. Only one thread may ask it. */
    public GrowthSignals(Instrumentation instrumentation, ProcFs proc) {
        this.instrumentation = instrumentation;
        this.addressSpace = proc.addressSpaceReader(ProcFs.SELF);
    }

    @Override
    public Growth look() {
        long committedBefore = committed;
        long collectionsBefore = collections;
        GrowthCounters counters = get();
        if (counters != null) {
            committed = counters.committed();
            collections = counters.collections();
        }
        boolean hasChanged = addressSpace.hasChanged();
        if (committed != committedBefore) {
            return Growth.CERTAIN;
        }
        boolean isPossible = collections != collectionsBefore || hasChanged;
        return isPossible ? Growth.POSSIBLE : Growth.NONE;
    }

    /** Where this fails, what is mapped tells most of it, too. */
    @Override
    protected GrowthCounters open() throws ReflectiveOperationException {
        return new GrowthCounters(new OwnCounters(instrumentation));
    }
}
