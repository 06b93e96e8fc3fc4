// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Draws stretches of memory side by side and to scale, in at most {@link #COLUMNS} pieces: each column shows the region
 * that has the most of it.
 */
final class Strip {

    static final int COLUMNS = 1000;

    /** A drawn piece: a number of columns of one region. */
    record Piece(Region region, int column, int columns) {}

    private final List<Region> regions = new ArrayList<>();
    private final List<Long> lengths = new ArrayList<>();
    private long total;

    /** Adds the next stretch. */
    void add(Region region, long bytes) {
        if (bytes <= 0) {
            return;
        }
        total += bytes;
        int last = regions.size() - 1;
        if (last >= 0 && regions.get(last) == region) {
            lengths.set(last, lengths.get(last) + bytes);
        } else {
            regions.add(region);
            lengths.add(bytes);
        }
    }

    long totalBytes() {
        return total;
    }

    /** Returns what to draw, from left to right. */
    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        double left = lengths.isEmpty() ? 0 : lengths.get(0);
        double columnBytes = (double) total / COLUMNS;
        for (int column = 0; column < COLUMNS && total > 0; column++) {
            Map<Region, Double> here = new EnumMap<>(Region.class);
            double wanted = columnBytes;
            while (at < lengths.size() && wanted > 0) {
                double part = Math.min(left, wanted);
                here.merge(regions.get(at), part, Double::sum);
                wanted -= part;
                left -= part;
                if (left <= 0) {
                    at++;
                    left = at < lengths.size() ? lengths.get(at) : 0;
                }
            }
            Region most = most(here);
            int last = pieces.size() - 1;
            if (most != null && last >= 0 && pieces.get(last).region == most) {
                pieces.set(last, new Piece(most, pieces.get(last).column, column + 1 - pieces.get(last).column));
            } else if (most != null) {
                pieces.add(new Piece(most, column, 1));
            }
        }
        return pieces;
    }

    private static Region most(Map<Region, Double> bytes) {
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }
}
