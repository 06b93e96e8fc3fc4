// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Compares which memory is locked with which should be locked. */
final class Difference {

    private final Map<Region, List<Segment>> missing = new EnumMap<>(Region.class);
    private final List<Segment> surplus = new ArrayList<>();
    private final List<Segment> kept = new ArrayList<>();
    private final List<Segment> maybeLocked = new ArrayList<>();
    private final List<Segment> changed = new ArrayList<>();
    private long wantedBytes;
    private long largestBytes;

    private final PassConditions conditions;
    private final boolean unlocks;
    private final boolean ownsAll;
    private final OwnLocks ours;

    /**
     * Compares nothing until {@link #add}.
     *
     * @param unlocks whether what is locked and not selected is to be unlocked
     * @param ownsAll whether all that is locked may be ours, by an mlockall
     * @param ours what of the locked memory is ours to unlock, where new mappings are not born locked
     */
    Difference(PassConditions conditions, boolean unlocks, boolean ownsAll, OwnLocks ours) {
        this.conditions = conditions;
        this.unlocks = unlocks;
        this.ownsAll = ownsAll;
        this.ours = ours;
    }

    /** Returns whether it makes a difference at all whether a segment is locked. */
    boolean matters(Segment segment, boolean isSelected) {
        boolean isWanted = isSelected && conditions.isWorthLocking(segment);
        return isWanted || (unlocks && (!isSelected || conditions.mustStayUnlocked(segment)));
    }

    void add(Segment segment, boolean isSelected, boolean isLocked) {
        if (isLocked) {
            maybeLocked.add(segment);
        }
        if (isSelected && !conditions.mustStayUnlocked(segment)) {
            wantedBytes += segment.length();
            largestBytes = Math.max(largestBytes, segment.length());
            if (isLocked) {
                kept.add(segment);
            } else {
                addMissing(segment);
            }
        } else if (isLocked) {
            Segment part = ownsAll ? segment : ours.partOf(segment);
            if (part != null) {
                surplus.add(part);
            }
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

    /** Passes over a segment that does not matter. It may be locked, from a time when it did. */
    void passOver(Segment segment) {
        maybeLocked.add(segment);
    }

    /** Adds a segment where something else begins by now, or nothing. What is left of it may be locked. */
    void addChanged(Segment segment) {
        changed.add(segment);
    }

    /** Returns all segments that may hold what the agent locked. */
    List<Segment> maybeOurs() {
        List<Segment> all = new ArrayList<>(maybeLocked);
        all.addAll(changed);
        return all;
    }

    /** Returns what is selected and not locked, by region. */
    Map<Region, List<Segment>> missing() {
        return missing;
    }

    /** Returns what is locked, not selected, and possibly ours. */
    List<Segment> surplus() {
        return surplus;
    }

    /** Returns what is selected and locked. */
    List<Segment> kept() {
        return kept;
    }

    /** Returns all segments that are locked, and those that were not asked about. */
    List<Segment> maybeLocked() {
        return maybeLocked;
    }

    /** Returns the length of all that is selected. */
    long wantedBytes() {
        return wantedBytes;
    }

    /** Returns the length of the largest selected segment. */
    long largestBytes() {
        return largestBytes;
    }
}
