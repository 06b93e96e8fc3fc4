// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Tells whether the Java heap of this JVM lies in huge pages of hugetlbfs, as with {@code -XX:+UseLargePages}. The JVM decides
 * that when it starts, so it is found out once. Where it cannot be found out, the heap counts as ordinary memory.
 */
final class HugetlbHeap implements BooleanSupplier {

    private final ThisProcess process;

    /** Null as long as it is not known. */
    private Boolean isThere;

    HugetlbHeap(ThisProcess process) {
        this.process = process;
    }

    @Override
    public synchronized boolean getAsBoolean() {
        if (isThere == null) {
            try {
                isThere = process.holdsHugetlb() && Segment.isAnyHugetlbHeap(process.segmentsUnasked());
            } catch (IOException e) {
                return false; // asked again the next time
            }
        }
        return isThere;
    }
}
