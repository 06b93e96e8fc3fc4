// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.List;

/**
 * Tells how large regions can grow, in bytes of mappings that are charged once they are locked: up to what the JVM has
 * reserved for them, or to the limit of a flag. Huge pages of hugetlbfs are never charged.
 */
public final class RegionBounds {

    /** The bound of a region that nothing limits. */
    static final long UNBOUNDED = -1;

    private final List<Segment> segments;
    private final JvmFlags flags;

    /**
     * Prepares to add up the memory of a JVM.
     *
     * @param segments the memory to add up, by region
     * @param flags it was started with, as far as known
     */
    public RegionBounds(List<Segment> segments, JvmFlags flags) {
        this.segments = segments;
        this.flags = flags;
    }

    /** Returns what is committed of a region: accessible, and so charged if it were locked now. */
    public long committedBytes(Region region) {
        return bytes(region, true);
    }

    /** Returns all there is of a region, reserved for it or committed. */
    public long reservedBytes(Region region) {
        return bytes(region, false);
    }

    /** Returns the most a region can come to, {@link #UNBOUNDED} if nothing limits it. */
    public long mostBytes(Region region) {
        return switch (region) {
            // ZGC maps pieces of its heap where they are needed, and before JDK 21 each of them three times.
            case HEAP -> Segment.isAnyRemappedHeap(segments) ? UNBOUNDED : reservedBytes(region);
            case CODE, GC, CDS -> reservedBytes(region);
            case METASPACE -> {
                long most = flags.bytes("-XX:MaxMetaspaceSize=");
                yield most < 0 ? UNBOUNDED : Math.max(most, committedBytes(region));
            }
            // Threads, native memory, libraries and mapped files come as the application asks for them.
            case STACKS, NATIVE, LIBS, SHM, MAPPED, OTHER -> UNBOUNDED;
        };
    }

    /** Returns the most that regions can come to together, {@link #UNBOUNDED} if nothing limits one or it is not known. */
    public long mostBytes(List<Region> regions) {
        long sum = 0;
        for (Region region : regions) {
            if (region == Region.HEAP && Segment.isAnyHugetlbHeap(segments)) {
                continue; // never charged, whatever it grows to
            }
            long most = mostBytes(region);
            if (most <= 0) {
                return UNBOUNDED;
            }
            sum += most;
        }
        return regions.isEmpty() ? UNBOUNDED : sum;
    }

    /**
     * Adds up a region as the agent does under a limit: the stack of the first thread grows by itself, and is left out.
     */
    private long bytes(Region region, boolean onlyCommitted) {
        long bytes = 0;
        for (Segment segment : segments) {
            boolean counts = segment.region() == region
                    && !segment.isAgentsView()
                    && !segment.mapping().isFirstStack()
                    && !segment.mapping().isHugetlb()
                    && (!onlyCommitted || segment.mapping().isAccessible());
            bytes += counts ? segment.length() : 0;
        }
        return bytes;
    }
}
