// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.List;

/**
 * A mapping, or a part of one, that belongs to one region. The kernel merges neighbours with equal protection, so one
 * mapping may hold the end of one region and the start of another.
 *
 * @param start first address, page-aligned
 * @param end address after the last byte, page-aligned
 * @param region what it is for
 * @param evidence how we know
 * @param mapping the mapping that holds it
 */
public record Segment(long start, long end, Region region, Evidence evidence, Mapping mapping) implements AddressRange {

    /** Returns whether it is the agent's own view of ZGC's heap, which nobody else maps for reading only. */
    public boolean isAgentsView() {
        return region == Region.HEAP && mapping.isSharedFile() && mapping.readable() && !mapping.writable();
    }

    /**
     * Returns whether it is of a heap that its collector maps anew while it runs: ZGC's, the only one that is known by its
     * name alone.
     */
    public boolean isRemappedHeap() {
        return region == Region.HEAP && evidence == Evidence.MAPPING_NAME && mapping.isZgcHeap();
    }

    /** Tells whether any of some segments is of such a heap. */
    public static boolean isAnyRemappedHeap(List<Segment> segments) {
        for (Segment segment : segments) {
            if (segment.isRemappedHeap()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether the heap lies in huge pages of hugetlbfs. Then all of it does, and what it has still to take was set aside
     * from all other memory.
     */
    public static boolean isAnyHugetlbHeap(List<Segment> segments) {
        for (Segment segment : segments) {
            if (segment.region() == Region.HEAP && segment.mapping().isHugetlb()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the bytes from the beginning of the file to what is at {@link #start}. */
    public long fileOffset() {
        return mapping.offset() + start - mapping.start();
    }

    public long length() {
        return end - start;
    }

    /**
     * Returns the rest of it.
     *
     * @param address in it, page-aligned
     */
    public Segment from(long address) {
        return new Segment(address, end, region, evidence, mapping);
    }

    /** Returns the length of several segments together. */
    public static long length(List<Segment> segments) {
        long total = 0;
        for (Segment segment : segments) {
            total += segment.length();
        }
        return total;
    }

    /** Compares as any record does, but written out: see {@link Mapping#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Segment segment
                && start == segment.start
                && end == segment.end
                && region == segment.region
                && evidence == segment.evidence
                && mapping.equals(segment.mapping);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(start);
    }
}
