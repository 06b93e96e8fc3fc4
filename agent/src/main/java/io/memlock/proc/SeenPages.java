// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.util.BitSet;

/**
 * Remembers which pages of a part of a file have been counted, by a bit for each page of that part, whether it was counted or
 * not. Pages outside the part are not remembered: each time they count as new. Not thread-safe.
 */
public final class SeenPages {

    private final long firstPage;
    private final int pages;
    private final BitSet seen;

    /**
     * Remembers no page so far.
     *
     * @param firstPage the file's page where the part begins
     * @param pages how many pages the part has; 0 if nothing is to be remembered
     */
    public SeenPages(long firstPage, int pages) {
        this.firstPage = firstPage;
        this.pages = pages;
        this.seen = new BitSet(pages);
    }

    /** Adds a page of the file, and returns whether it is new. */
    public boolean add(long page) {
        if (page < firstPage || page - firstPage >= pages) {
            return true;
        }
        int index = (int) (page - firstPage);
        boolean isNew = !seen.get(index);
        seen.set(index);
        return isNew;
    }

    /**
     * Adds pages of the file.
     *
     * @param from the first
     * @param to the one after the last
     * @return how many of them are new
     */
    public long add(long from, long to) {
        int first = index(from);
        int end = index(to);
        if (first == end) {
            return to - from;
        }
        int known = seen.get(first, end).cardinality();
        seen.set(first, end);
        return to - from - known;
    }

    /** Returns the index of a page; that of the nearest end of the part where it lies outside. */
    private int index(long page) {
        return (int) Math.max(0, Math.min(pages, page - firstPage));
    }
}
