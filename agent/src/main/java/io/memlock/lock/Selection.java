// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.options.AgentOptions;
import io.memlock.options.LockMode;
import java.util.List;

/**
 * What the user wants locked.
 *
 * @param regions the most wanted first
 * @param isIndivisible whether the regions are wanted together or not at all, as with {@code mode=all}
 */
record Selection(List<Region> regions, boolean isIndivisible) {

    static final Selection NOTHING = new Selection(List.of(), false);

    static final Selection EVERYTHING = new Selection(List.of(Region.values()), false);

    static Selection of(AgentOptions options) {
        return new Selection(options.selection(), options.mode() == LockMode.ALL);
    }

    boolean isEverything() {
        return regions.containsAll(EVERYTHING.regions);
    }

    boolean isEverythingButFiles() {
        return regions.size() >= EVERYTHING.regions.size() - (contains(Region.MAPPED) ? 0 : 1);
    }

    boolean isEmpty() {
        return regions.isEmpty();
    }

    boolean contains(Region region) {
        return regions.contains(region);
    }

    /**
     * Whether a part of a range belongs to a region that is wanted.
     *
     * @param segments of all the process, ascending
     */
    boolean containsAnyOf(List<Segment> segments, long start, long end) {
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

    /** As that of any record, but written out: see {@link Mapping#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection
                && isIndivisible == selection.isIndivisible
                && regions.equals(selection.regions);
    }

    @Override
    public int hashCode() {
        return regions.hashCode();
    }
}
