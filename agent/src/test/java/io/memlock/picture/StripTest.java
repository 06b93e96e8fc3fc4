// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Region;
import io.memlock.picture.Strip.Piece;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory drawn to scale. */
class StripTest {

    private final Strip strip = new Strip();

    @Test
    void drawsEachRegionAsLongAsItIs() {
        strip.add(Region.HEAP, 3L << 40);
        strip.add(Region.CODE, 1L << 40);

        assertThat(strip.totalBytes()).isEqualTo(4L << 40);
        assertThat(strip.pieces()).containsExactly(new Piece(Region.HEAP, 0, 750), new Piece(Region.CODE, 750, 250));
    }

    @Test
    void joinsNeighboursOfOneRegion() {
        strip.add(Region.LIBS, 4096);
        strip.add(Region.OTHER, 0);
        strip.add(Region.LIBS, 4096);

        assertThat(strip.pieces()).containsExactly(new Piece(Region.LIBS, 0, Strip.COLUMNS));
    }

    @Test
    void drawsNothingOfNothing() {
        assertThat(strip.pieces()).isEmpty();
    }

    @Test
    void drawsTwentyThousandInAsManyPiecesAsThereAreColumns() {
        List<Region> regions = List.of(Region.values());
        for (int i = 0; i < 20_000; i++) {
            strip.add(regions.get(i % regions.size()), 4096 + i % 7 * 4096L);
        }

        assertThat(strip.pieces()).hasSizeLessThanOrEqualTo(Strip.COLUMNS);
        assertThat(strip.pieces().stream().mapToInt(Piece::columns).sum()).isEqualTo(Strip.COLUMNS);
    }
}
