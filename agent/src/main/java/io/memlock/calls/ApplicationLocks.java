// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Finds what the application locked itself, which is never unlocked. Its locks are told from ours by the flags in
 * smaps: {@code lo} without {@code lf}, because we only lock on-fault.
 *
 * <p>The kernel has no call that unlocks only what has a flag, and an application that maps and unmaps has another mapping
 * at the same address between a look and a call. So a lock is ours only if it was <em>seen</em> to be on-fault: what is not
 * there at a look is nobody's to unlock.
 *
 * <p>What handles of {@code io.memlock.api} have populated looks as if the application had locked it. It is not taken for that,
 * because it must be unlocked when the last of them is closed.
 *
 * <p>Whoever has to be quick may read what is known on another thread; all else is for one.
 */
public final class ApplicationLocks {

    private final LockFlags flags;
    private volatile Set<Mapping> known = Set.of();

    public ApplicationLocks(LockFlags flags) {
        this.flags = flags;
    }

    /**
     * Returns whether the application was found to have locked a segment's mapping, and nothing has changed since.
     */
    public boolean isKnown(Segment segment) {
        return known.contains(segment.mapping());
    }

    /** Forgets what was known of all other mappings: what is unlocked now may be locked by somebody else later. */
    public void retain(List<Segment> locked) {
        Set<Mapping> retained = new HashSet<>();
        for (Segment segment : locked) {
            if (isKnown(segment)) {
                retained.add(segment.mapping());
            }
        }
        known = retained;
    }

    /**
     * Finds out which of some segments are ours to unlock: there, and locked on-fault.
     *
     * @param segments locked a moment ago
     * @param held what handles hold
     * @throws IOException if it cannot be told
     */
    public Found oursAmong(List<Segment> segments, HeldPages held) throws IOException {
        NavigableMap<Long, Long> asked = new TreeMap<>();
        for (Segment segment : segments) {
            asked.put(segment.start(), segment.end());
        }
        NavigableMap<Long, Mapping> onFault = new TreeMap<>();
        NavigableMap<Long, Mapping> applications = new TreeMap<>();
        look(mapping -> overlaps(asked, end -> end, mapping.start(), mapping.end()), held)
                .forEach((mapping, isOnFault) -> (isOnFault ? onFault : applications).put(mapping.start(), mapping));
        List<Segment> ours = new ArrayList<>();
        boolean isSomeChanged = false;
        Set<Mapping> more = new HashSet<>(known);
        for (Segment segment : segments) {
            if (overlaps(applications, Mapping::end, segment.start(), segment.end())) {
                more.add(segment.mapping());
            } else if (covers(onFault, segment)) {
                ours.add(segment);
            } else {
                isSomeChanged = true;
            }
        }
        known = more;
        return new Found(ours, isSomeChanged);
    }

    /**
     * Finds out what of all there is the application has locked by now.
     *
     * @param held what handles hold
     * @throws IOException if it cannot be told; what was known stays
     */
    public void refresh(HeldPages held) throws IOException {
        Map<Mapping, Boolean> locked = look(mapping -> true, held);
        locked.values().removeIf(isOnFault -> isOnFault);
        known = Set.copyOf(locked.keySet());
    }

    /** Looks at what handles hold neither before its turn nor afterwards: they are opened and closed meanwhile. */
    private Map<Mapping, Boolean> look(Predicate<Mapping> asked, HeldPages held) throws IOException {
        Predicate<Mapping> isOfHandles = mapping -> held.areOfHandlesAlone(mapping.start(), mapping.end());
        Map<Mapping, Boolean> locked =
                flags.onFaultByLocked(mapping -> asked.test(mapping) && !isOfHandles.test(mapping));
        locked.keySet().removeIf(isOfHandles);
        return locked;
    }

    /** Returns the mappings the application locked, as far as is known. */
    public List<Mapping> all() {
        return List.copyOf(known);
    }

    /**
     * Returns whether the kernel keeps a locked mapping locked whatever is called.
     *
     * @throws IOException if it cannot be told
     */
    public boolean isLockedForGood(Mapping mapping) throws IOException {
        return flags.isLockedForGood(mapping);
    }

    private static <T> boolean overlaps(NavigableMap<Long, T> byStart, ToLongFunction<T> endOf, long start, long end) {
        Map.Entry<Long, T> before = byStart.lowerEntry(end);
        return before != null && endOf.applyAsLong(before.getValue()) > start;
    }

    /** Returns whether the whole segment is in mappings of the same file, which may have grown or been split meanwhile. */
    private static boolean covers(NavigableMap<Long, Mapping> byStart, Segment segment) {
        long covered = segment.start();
        while (covered < segment.end()) {
            Map.Entry<Long, Mapping> at = byStart.floorEntry(covered);
            if (at == null
                    || at.getValue().end() <= covered
                    || at.getValue().inode() != segment.mapping().inode()) {
                return false;
            }
            covered = at.getValue().end();
        }
        return true;
    }

    /**
     * Holds what was found out about some segments.
     *
     * @param ours still there and locked on-fault, in the order asked
     * @param isSomeChanged whether some are not locked any more, or in a part only, or are another file's now
     */
    public record Found(List<Segment> ours, boolean isSomeChanged) {}

    /** Reads the flags that the kernel keeps of each mapping, as far as they are about locks. */
    public interface LockFlags {

        /**
         * Finds the mappings that are locked, and whether each is locked on-fault, and so not by the application.
         *
         * @param asked which mappings to look at
         * @return changeable
         * @throws IOException if it cannot be told
         */
        Map<Mapping, Boolean> onFaultByLocked(Predicate<Mapping> asked) throws IOException;

        /**
         * Returns whether a mapping is locked, and no call changes that: droppable memory born locked under MCL_FUTURE, on
         * Linux 6.11 to 6.18 without the patch of 2026 that has it born unlocked.
         *
         * @throws IOException if it cannot be told
         */
        boolean isLockedForGood(Mapping mapping) throws IOException;
    }
}
