// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.List;
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
            isThere = look();
        }
        return isThere != null && isThere;
    }

    /** Returns null where it is to be asked again the next time. */
    private Boolean look() {
        if (process.files().memInfo().hasNoHugetlbPages()) {
            return false;
        }
        try {
            List<Segment> segments = process.segmentsUnasked();
            return isCertain(segments) ? Segment.isAnyHugetlbHeap(segments) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns whether segments tell it: the heap is found among them, or none of them is of hugetlbfs. */
    static boolean isCertain(List<Segment> segments) {
        boolean isAnyHugetlb = false;
        for (Segment segment : segments) {
            if (segment.region() == Region.HEAP) {
                return true;
            }
            isAnyHugetlb |= segment.mapping().isHugetlb();
        }
        return !isAnyHugetlb;
    }
}
