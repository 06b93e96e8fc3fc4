// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is locked, beside what should be. */
final class Difference {

    private final Map<Region, List<Segment>> missing = new EnumMap<>(Region.class);
    private final List<Segment> surplus = new ArrayList<>();
    private final List<Segment> kept = new ArrayList<>();
    private final List<Segment> locked = new ArrayList<>();
    private final List<Segment> unlocked = new ArrayList<>();
    private boolean isDoubtful;
    private long wantedBytes;
    private long largestBytes;

    private final Selection selection;
    private final Terms terms;
    private final LockedByName byName;

    /** Nothing compared yet. */
    Difference(Selection selection, Terms terms, LockedByName byName) {
        this.selection = selection;
        this.terms = terms;
        this.byName = byName;
    }

    /** Whether it makes a difference at all whether a segment is locked. */
    boolean matters(Segment segment) {
        return !terms.mustStayUnlocked(segment)
                && (terms.isWorthLocking(segment) || !selection.contains(segment.region()));
    }

    /**
     * Compares one. What the kernel says nothing of, or knows nothing of, does not count as locked: maps has just shown it.
     */
    void add(Segment segment, LockProbe.Answer answer) {
        boolean isLocked = answer == LockProbe.Answer.LOCKED;
        if (isLocked) {
            locked.add(segment);
        } else if (answer == LockProbe.Answer.UNLOCKED) {
            unlocked.add(segment);
        } else {
            isDoubtful = true;
        }
        if (selection.contains(segment.region())) {
            wantedBytes += segment.length();
            largestBytes = Math.max(largestBytes, segment.length());
            if (isLocked) {
                kept.add(segment);
            } else {
                missing.computeIfAbsent(segment.region(), region -> new ArrayList<>())
                        .add(segment);
            }
        } else if (isLocked && (terms.bornLocked() || byName.contains(segment))) {
            surplus.add(segment);
        }
    }

    /** Selected and not locked, by region. */
    Map<Region, List<Segment>> missing() {
        return missing;
    }

    /** How many of a set are selected, and certainly not locked. */
    int unlockedOf(Set<Segment> segments) {
        int count = 0;
        for (Segment segment : unlocked) {
            count += selection.contains(segment.region()) && segments.contains(segment) ? 1 : 0;
        }
        return count;
    }

    /** Whether the kernel was not clear about something: it may be gone since the look at the mappings. */
    boolean isDoubtful() {
        return isDoubtful;
    }

    /** Locked, not selected, and possibly ours. */
    List<Segment> surplus() {
        return surplus;
    }

    /** Selected and locked. */
    List<Segment> kept() {
        return kept;
    }

    /** All that is locked, by whomever. */
    List<Segment> locked() {
        return locked;
    }

    /** Length of all that is selected. */
    long wantedBytes() {
        return wantedBytes;
    }

    /** Length of the largest segment of that. */
    long largestBytes() {
        return largestBytes;
    }
}
