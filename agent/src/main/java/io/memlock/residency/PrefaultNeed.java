// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.FilePieces;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.List;

/** Computes how much memory {@code prefault} takes, for the agent that does it and for the doctor that predicts it. */
public final class PrefaultNeed {

    private PrefaultNeed() {}

    /** Returns whether a segment is faulted in. Huge pages of hugetlbfs are not: no call is made on them. */
    static boolean contains(List<Region> regions, Segment segment) {
        return regions.contains(segment.region())
                && segment.mapping().holdsMemory()
                && !segment.mapping().isHugetlb()
                && !segment.isAgentsView();
    }

    /**
     * Returns the memory that some regions take once all that is committed of them is resident. What is mapped in several
     * places, as ZGC's heap, counts once.
     *
     * @param segments the memory to add up, by region
     */
    public static long bytes(List<Segment> segments, List<Region> regions) {
        FilePieces pieces = new FilePieces();
        long bytes = 0;
        for (Segment segment : segments) {
            if (contains(regions, segment)) {
                bytes += pieces.unseenBytes(segment);
            }
        }
        return bytes;
    }

    /**
     * Returns how much more memory that is.
     *
     * @param bytes as {@link #bytes} counts
     * @param residentBytes what of the same regions is resident already
     */
    public static long moreBytes(long bytes, long residentBytes) {
        return Math.max(0, bytes - residentBytes);
    }
}
