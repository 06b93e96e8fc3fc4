// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the user wants locked, from the option {@code mode} to what is shown.
 *
 * @param regions distinct, the most wanted first: under a finite limit they are locked in this order while they fit
 * @param isIndivisible whether they are wanted together or not at all, as with {@code mode=all}
 * @param excluded with {@code mode=all} what is left unlocked, in the order named; otherwise empty
 */
public record Selection(List<Region> regions, boolean isIndivisible, List<Region> excluded) {

    /** The selection of {@code mode=none}. */
    public static final Selection NOTHING = of(Collections.emptyList());

    /**
     * Returns a selection of some regions, as with {@code mode=heap+code}.
     *
     * @param regions distinct, the most wanted first
     */
    public static Selection of(List<Region> regions) {
        return new Selection(regions, false, Collections.emptyList());
    }

    /** Returns a selection of all regions but some, as with {@code mode=all}. */
    public static Selection allBut(List<Region> excluded) {
        List<Region> all = new ArrayList<>();
        for (Region region : Region.values()) {
            if (!excluded.contains(region)) {
                all.add(region);
            }
        }
        return new Selection(Collections.unmodifiableList(all), true, excluded);
    }

    public boolean isEverything() {
        return regions.size() == Region.values().length;
    }

    /** Whether nothing is left unlocked, or only files, in which applications keep no secrets. */
    public boolean isAllButFiles() {
        for (Region region : Region.values()) {
            if (region != Region.MAPPED && !regions.contains(region)) {
                return false;
            }
        }
        return true;
    }

    public boolean isEmpty() {
        return regions.isEmpty();
    }

    public boolean contains(Region region) {
        return regions.contains(region);
    }

    /**
     * Whether a part of a range belongs to a region that is wanted.
     *
     * @param segments of all the process, ascending
     */
    public boolean containsAnyOf(List<Segment> segments, long start, long end) {
        int low = 0;
        int high = segments.size();
        while (low < high) { // for the first that ends behind the start
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(segments.get(middle).end(), start) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        for (int i = low;
                i < segments.size() && Long.compareUnsigned(segments.get(i).start(), end) < 0;
                i++) {
            if (contains(segments.get(i).region())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the selection in the syntax of the option {@code mode}.
     *
     * @return for example {@code all} or {@code heap+code}
     */
    public String modeText() {
        return isIndivisible ? "all" : regions.isEmpty() ? "none" : Region.joined(regions);
    }

    /**
     * Returns what is left unlocked, in the syntax of the option {@code exclude}.
     *
     * @return for example {@code mapped}; {@code nothing} if nothing is, or if the mode names regions itself
     */
    public String excludeText() {
        return excluded.isEmpty() ? "nothing" : Region.joined(excluded);
    }

    /** Compares as any record does, but written out: see {@link Mapping#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection
                && isIndivisible == selection.isIndivisible
                && regions.equals(selection.regions)
                && excluded.equals(selection.excluded);
    }

    @Override
    public int hashCode() {
        return regions.hashCode();
    }
}
