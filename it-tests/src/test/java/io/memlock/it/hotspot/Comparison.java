// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Our regions against HotSpot's.
 *
 * @param compared pieces of memory that HotSpot names
 * @param wrong those we call something else
 */
record Comparison(int compared, List<String> wrong) {

    /**
     * Compares each piece with each statement about it.
     *
     * @param truths what HotSpot says of mappings and reservations
     * @param reserved the reservations alone
     * @param pieces what we say
     * @param committedOnly regions of which only accessible memory counts: beside the archive is nobody's memory, and from
     *     outside only that part of metaspace is known that classes are in
     */
    static Comparison of(
            List<Truth> truths, List<Truth> reserved, List<ProbedJvm.Piece> pieces, Set<String> committedOnly) {
        int compared = 0;
        List<String> wrong = new ArrayList<>();
        for (Truth truth : truths) {
            for (ProbedJvm.Piece piece : pieces) {
                boolean skipped = (!piece.accessible() && truth.isAnyOf(committedOnly))
                        || (truth.isMapping() && isNobodys(piece, reserved));
                if (truth.overlaps(piece) && !skipped) {
                    compared++;
                    if (!truth.regions().contains(piece.region())) {
                        wrong.add(String.format(
                                "%016x-%016x %s by %s, but HotSpot says %s",
                                piece.start(), piece.end(), piece.region(), piece.evidence(), truth.line()));
                    }
                }
            }
        }
        return new Comparison(compared, wrong);
    }

    /**
     * {@code System.map} tags whole mappings. Where the kernel merged HotSpot's memory with memory that HotSpot did not
     * reserve, the tag is only about the former.
     */
    private static boolean isNobodys(ProbedJvm.Piece piece, List<Truth> reserved) {
        return reserved.stream().noneMatch(reservation -> reservation.overlaps(piece));
    }

    @Override
    public String toString() {
        return compared - wrong.size() + " of " + compared + " agree";
    }
}
