// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PieceSizeTest {

    private static final long PAGE = 4096;
    private static final long SMALL = PieceSize.SMALLEST_PAGES * PAGE;

    private boolean hugePages;
    private PieceSize pieces = new PieceSize(PAGE, () -> hugePages);

    @Test
    void beginsSmallAndEndsOnMultiplesOfItsLength() {
        assertThat(pieces.end(0)).isEqualTo(SMALL);
        assertThat(pieces.end(SMALL)).isEqualTo(2 * SMALL);
        assertThat(pieces.end(SMALL + PAGE)).isEqualTo(2 * SMALL);
    }

    @Test
    void growsWhereLittleIsResidentUpToAHugePage() {
        pieces.end(0);
        for (int i = 0; i < 10; i++) {
            pieces.took(PieceSize.QUICK_NANOS - 1);
        }

        assertThat(pieces.end(0)).isEqualTo(PieceSize.LARGEST_BYTES);
    }

    @Test
    void shrinksWhereItTakesLongDownToWhereTheCallItselfIsWhatTakesLong() {
        pieces.end(0);
        pieces.took(PieceSize.QUICK_NANOS - 1);
        pieces.took(PieceSize.QUICK_NANOS - 1);
        assertThat(pieces.end(0)).isEqualTo(4 * SMALL);

        pieces.took(PieceSize.SLOW_NANOS + 1);
        assertThat(pieces.end(0)).isEqualTo(2 * SMALL);
        pieces.took(PieceSize.SLOW_NANOS + 1);
        pieces.took(PieceSize.SLOW_NANOS + 1);
        assertThat(pieces.end(0)).isEqualTo(SMALL);
    }

    @Test
    void staysWhereItTakesNeither() {
        pieces.end(0);
        pieces.took(PieceSize.QUICK_NANOS - 1);
        pieces.took(PieceSize.QUICK_NANOS);
        pieces.took(PieceSize.SLOW_NANOS);

        assertThat(pieces.end(0)).isEqualTo(2 * SMALL);
    }

    @Test
    void neverCutsAHugePage() {
        hugePages = true;
        assertThat(pieces.end(PAGE)).isEqualTo(PieceSize.LARGEST_BYTES);

        pieces.took(PieceSize.SLOW_NANOS * 100);

        assertThat(pieces.end(PAGE)).isEqualTo(PieceSize.LARGEST_BYTES);
    }

    @Test
    void asksAgainOnlyWhenToldTo() {
        pieces.end(0);
        hugePages = true;
        assertThat(pieces.end(0)).isEqualTo(SMALL);

        pieces.anew();

        assertThat(pieces.end(0)).isEqualTo(PieceSize.LARGEST_BYTES);
    }

    @Test
    void isNoLongerThanAHugePageWherePagesAreLarge() {
        pieces = new PieceSize(64 << 10, () -> false);

        assertThat(pieces.end(0)).isEqualTo(PieceSize.LARGEST_BYTES);
    }
}
