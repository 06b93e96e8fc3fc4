// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is locked, beside what should be. */
final class Difference {

    private final Map<Region, List<Segment>> missing = new EnumMap<>(Region.class);
    private final List<Segment> surplus = new ArrayList<>();
    private final List<Segment> kept = new ArrayList<>();
    private final List<Segment> maybeLocked = new ArrayList<>();
    private final List<Segment> changed = new ArrayList<>();
    private long wantedBytes;
    private long largestBytes;

    private final Selection selection;
    private final PassConditions conditions;
    private final boolean unlocks;
    private final boolean ownsAll;
    private final OwnLocks ours;

    /**
     * Nothing compared yet.
     *
     * @param unlocks whether what is locked and not selected is to be unlocked
     * @param ownsAll whether all that is locked may be ours, by an mlockall
     * @param ours what of the locked memory is ours to unlock, where new mappings are not born locked
     */
    Difference(Selection selection, PassConditions conditions, boolean unlocks, boolean ownsAll, OwnLocks ours) {
        this.selection = selection;
        this.conditions = conditions;
        this.unlocks = unlocks;
        this.ownsAll = ownsAll;
        this.ours = ours;
    }

    /** Whether it makes a difference at all whether a segment is locked. */
    boolean matters(Segment segment) {
        return selection.contains(segment.region()) ? conditions.isWorthLocking(segment) : unlocks;
    }

    /** Compares one. */
    void add(Segment segment, boolean isLocked) {
        if (isLocked) {
            maybeLocked.add(segment);
        }
        if (selection.contains(segment.region()) && !conditions.mustStayUnlocked(segment)) {
            wantedBytes += segment.length();
            largestBytes = Math.max(largestBytes, segment.length());
            if (isLocked) {
                kept.add(segment);
            } else {
                addMissing(segment);
            }
        } else if (isLocked && (ownsAll || ours.contains(segment))) {
            surplus.add(segment);
        }
    }

    private void addMissing(Segment segment) {
        List<Segment> ofRegion = missing.get(segment.region());
        if (ofRegion == null) { // no lambda: this may be on the way to main
            ofRegion = new ArrayList<>();
            missing.put(segment.region(), ofRegion);
        }
        ofRegion.add(segment);
    }

    /** Does not ask about one that does not matter: it may be locked, from a time when it did. */
    void passOver(Segment segment) {
        maybeLocked.add(segment);
    }

    /** Something else is mapped by now where it began, or nothing; what is left of it may be locked. */
    void addChanged(Segment segment) {
        changed.add(segment);
    }

    /** All that may hold what we locked. */
    List<Segment> maybeOurs() {
        List<Segment> all = new ArrayList<>(maybeLocked);
        all.addAll(changed);
        return all;
    }

    /** Selected and not locked, by region. */
    Map<Region, List<Segment>> missing() {
        return missing;
    }

    /** Locked, not selected, and possibly ours. */
    List<Segment> surplus() {
        return surplus;
    }

    /** Selected and locked. */
    List<Segment> kept() {
        return kept;
    }

    /** All that is locked, and all that was not asked about. */
    List<Segment> maybeLocked() {
        return maybeLocked;
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
