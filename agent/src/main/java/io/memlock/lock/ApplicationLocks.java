// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Segment;
import io.memlock.proc.Mapping;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the application locked itself, which is never unlocked. Its locks are told from ours by the flags in smaps: {@code
 * lo} without {@code lf}, because we only lock on-fault.
 *
 * <p>Whoever has to be quick may read what is known on another thread; all else is for one.
 */
final class ApplicationLocks {

    private final LockFlags flags;
    private volatile Set<Mapping> known = Set.of();

    ApplicationLocks(LockFlags flags) {
        this.flags = flags;
    }

    /**
     * Whether the application was found to have locked a segment's mapping, and nothing has changed since.
     *
     * @param segment locked
     */
    boolean isKnown(Segment segment) {
        return known.contains(segment.mapping());
    }

    /** Forgets what was known of all other mappings: what is unlocked now may be locked by somebody else later. */
    void retain(List<Segment> locked) {
        Set<Mapping> retained = new HashSet<>();
        for (Segment segment : locked) {
            if (isKnown(segment)) {
                retained.add(segment.mapping());
            }
        }
        known = retained;
    }

    /**
     * Finds out which of some segments the application has locked by now.
     *
     * @param segments locked
     * @return some of them
     * @throws IOException if it cannot be told
     */
    Set<Segment> among(List<Segment> segments) throws IOException {
        NavigableMap<Long, Long> asked = new TreeMap<>();
        for (Segment segment : segments) {
            asked.put(segment.start(), segment.end());
        }
        NavigableMap<Long, Long> found = new TreeMap<>();
        flags.forEachLockedWithoutOnFault(
                mapping -> overlaps(asked, mapping.start(), mapping.end()),
                mapping -> found.put(mapping.start(), mapping.end()));
        Set<Segment> applications = new HashSet<>();
        Set<Mapping> more = new HashSet<>(known);
        for (Segment segment : segments) {
            if (overlaps(found, segment.start(), segment.end())) {
                applications.add(segment);
                more.add(segment.mapping());
            }
        }
        known = more;
        return applications;
    }

    /**
     * Finds out what of all there is the application has locked by now.
     *
     * @throws IOException if it cannot be told; what was known stays
     */
    void refresh() throws IOException {
        Set<Mapping> found = new HashSet<>();
        flags.forEachLockedWithoutOnFault(mapping -> true, found::add);
        known = found;
    }

    /** The mappings the application locked, as far as is known. */
    List<Mapping> all() {
        return List.copyOf(known);
    }

    private static boolean overlaps(NavigableMap<Long, Long> endByStart, long start, long end) {
        Map.Entry<Long, Long> before = endByStart.lowerEntry(end);
        return before != null && before.getValue() > start;
    }

    /** Where the flags come from. */
    interface LockFlags {

        /**
         * Hands over the mappings that are locked, but not on-fault.
         *
         * @param asked which mappings to look at
         * @throws IOException if it cannot be told; then nothing was handed over
         */
        void forEachLockedWithoutOnFault(Predicate<Mapping> asked, Consumer<Mapping> consumer) throws IOException;
    }
}
