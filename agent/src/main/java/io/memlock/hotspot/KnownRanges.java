// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.AddressRange;
import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Holds what is known about ranges of addresses: ranges in ascending order that do not overlap. Immutable. */
final class KnownRanges {

    private final List<KnownRange> ascending;

    private KnownRanges(List<KnownRange> ascending) {
        this.ascending = List.copyOf(ascending);
    }

    /**
     * Puts claims together. Where two overlap the earlier one in the list keeps the addresses.
     *
     * @param claims the most trustworthy first
     * @param pageBytes the page size: ranges grow to whole pages, as memory is locked
     */
    static KnownRanges of(List<KnownRange> claims, int pageBytes) {
        TreeMap<Long, KnownRange> byStart = new TreeMap<>();
        for (KnownRange claim : claims) {
            long start = claim.start() & -pageBytes;
            long end = (claim.end() + pageBytes - 1) & -pageBytes;
            for (KnownRange free : uncovered(byStart, start, end, claim)) {
                byStart.put(free.start(), free);
            }
        }
        return new KnownRanges(new ArrayList<>(byStart.values()));
    }

    private static List<KnownRange> uncovered(
            NavigableMap<Long, KnownRange> taken, long start, long end, KnownRange claim) {
        List<KnownRange> free = new ArrayList<>(1);
        long position = start;
        Map.Entry<Long, KnownRange> before = taken.floorEntry(start);
        if (before != null) {
            position = Math.max(position, before.getValue().end());
        }
        while (position < end) {
            Map.Entry<Long, KnownRange> next = taken.ceilingEntry(position);
            long freeEnd = next == null ? end : Math.min(end, next.getKey());
            if (position < freeEnd) {
                free.add(new KnownRange(position, freeEnd, claim.region(), claim.evidence()));
            }
            position = next == null ? end : Math.max(freeEnd, next.getValue().end());
        }
        return free;
    }

    int size() {
        return ascending.size();
    }

    KnownRange get(int index) {
        return ascending.get(index);
    }

    boolean has(Region region) {
        for (KnownRange range : ascending) {
            if (range.region() == region) {
                return true;
            }
        }
        return false;
    }

    /** Returns the index of the first range that ends after an address; {@link #size()} if none does. */
    int firstEndingAfter(long address) {
        return AddressRange.firstEndingAfter(ascending, address);
    }
}
