// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Holds what the user wants locked, from the option {@code mode} to what is shown.
 *
 * @param regions distinct, the most wanted first: under a finite limit they are locked in this order while they fit
 * @param isIndivisible whether they are wanted together or not at all, as with {@code mode=all}
 * @param excluded with {@code mode=all} what is left unlocked, in the order named; otherwise empty
 * @param files if not empty, of {@link Region#MAPPED} only the files that one of these is for
 */
public record Selection(List<Region> regions, boolean isIndivisible, List<Region> excluded, List<PathGlob> files) {

    /** The selection of {@code mode=none}. */
    public static final Selection NOTHING = of(Collections.emptyList());

    /**
     * Returns a selection of some regions, as with {@code mode=heap+code}.
     *
     * @param regions distinct, the most wanted first
     */
    public static Selection of(List<Region> regions) {
        return new Selection(regions, false, Collections.emptyList(), Collections.emptyList());
    }

    /** Returns a selection of all regions but some, as with {@code mode=all}. */
    public static Selection allBut(List<Region> excluded) {
        List<Region> all = new ArrayList<>();
        for (Region region : Region.values()) {
            if (!excluded.contains(region)) {
                all.add(region);
            }
        }
        return new Selection(Collections.unmodifiableList(all), true, excluded, Collections.emptyList());
    }

    /**
     * Returns this selection with those of the application's mapped files that some patterns are for, and no other files.
     *
     * @param chosen the patterns; none for no change
     */
    public Selection withFiles(List<PathGlob> chosen) {
        return chosen.isEmpty()
                ? this
                : new Selection(
                        isIndivisible ? inOrder(withMapped(regions)) : withMapped(regions),
                        isIndivisible,
                        isIndivisible ? withMapped(excluded) : excluded,
                        chosen);
    }

    private static List<Region> inOrder(List<Region> some) {
        List<Region> ordered = new ArrayList<>(some);
        Collections.sort(ordered);
        return Collections.unmodifiableList(ordered);
    }

    private static List<Region> withMapped(List<Region> some) {
        if (some.contains(Region.MAPPED)) {
            return some;
        }
        List<Region> more = new ArrayList<>(some);
        more.add(Region.MAPPED);
        return Collections.unmodifiableList(more);
    }

    public boolean isEverything() {
        return regions.size() == Region.values().length && files.isEmpty();
    }

    /** Returns whether nothing is left unlocked, or only files, in which applications keep no secrets. */
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

    /** Returns whether all of a region is wanted. */
    public boolean contains(Region region) {
        return regions.contains(region) && (region != Region.MAPPED || files.isEmpty());
    }

    /** Returns whether a segment is wanted: all of its region is, or its file. */
    public boolean contains(Segment segment) {
        return contains(segment.region()) || (regions.contains(Region.MAPPED) && isChosen(segment, files));
    }

    /** Returns whether a segment is of a file that the application maps, and that one of the patterns fits. */
    public static boolean isChosen(Segment segment, List<PathGlob> files) {
        return !files.isEmpty()
                && segment.region() == Region.MAPPED
                && PathGlob.isFittedByAny(segment.mapping().path(), files);
    }

    /**
     * Returns whether a part of a range belongs to a region that is wanted.
     *
     * @param segments of all the process, ascending
     */
    public boolean containsAnyOf(List<Segment> segments, long start, long end) {
        for (int i = AddressRange.firstEndingAfter(segments, start);
                i < segments.size() && Long.compareUnsigned(segments.get(i).start(), end) < 0;
                i++) {
            if (contains(segments.get(i))) {
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
     * Returns what is left unlocked, in the syntax of the option {@code exclude}. Of {@code mapped} the files
     * of {@link #filesText} are locked all the same.
     *
     * @return for example {@code mapped}; {@code nothing} if nothing is, or if the mode names regions itself
     */
    public String excludeText() {
        return excluded.isEmpty() ? "nothing" : Region.joined(excluded);
    }

    /**
     * Returns which files of {@link Region#MAPPED} are wanted where not all of them or none are, in the syntax of the option {@code
     * mapped}.
     *
     * @return for example {@code /data/hot/**}, or {@code none}
     */
    public String filesText() {
        return files.isEmpty() ? "none" : PathGlob.joined(files);
    }

    /** Compares as any record does, but written out: see {@link Mapping#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection
                && isIndivisible == selection.isIndivisible
                && regions.equals(selection.regions)
                && excluded.equals(selection.excluded)
                && files.equals(selection.files);
    }

    @Override
    public int hashCode() {
        return regions.hashCode();
    }
}
