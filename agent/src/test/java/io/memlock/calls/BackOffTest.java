// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackOffTest {

    private static final long USUAL = 50_000;

    private final BackOff backOff = new BackOff(USUAL);

    @Test
    void pausesAsUsualAfterAPieceLikeAnyOther() {
        assertThat(backOff.after(BackOff.SLOW_FACTOR * ChunkSize.SLOW_NANOS - 1, ChunkSize.SLOW_NANOS))
                .isEqualTo(USUAL);
    }

    @Test
    void letsOthersGoFirstForATimeThatGrowsWithTheWait() {
        assertThat(backOff.after(millis(2), ChunkSize.SLOW_NANOS)).isEqualTo(millis(20));
        assertThat(backOff.after(millis(3), ChunkSize.SLOW_NANOS)).isEqualTo(millis(30));
        assertThat(backOff.after(0, ChunkSize.SLOW_NANOS))
                .as("and is over then")
                .isEqualTo(USUAL);
    }

    @Test
    void pausesAfterAPieceThatTookTwiceWhatOneMay() {
        long longest = ChunkSize.SLOW_NANOS * 2;

        assertThat(backOff.after(longest, ChunkSize.SLOW_NANOS)).isEqualTo(longest * BackOff.FACTOR);
    }

    @Test
    void doesNotPauseForLong() {
        assertThat(backOff.after(millis(4000), ChunkSize.SLOW_NANOS)).isEqualTo(BackOff.LONGEST_NANOS);
    }

    @Test
    void isInHasteWhereEachPieceIsSlow() {
        long paused = 0;
        for (int piece = 0; piece < 1000; piece++) {
            paused += backOff.after(millis(5), ChunkSize.SLOW_NANOS);
        }

        assertThat(paused).isEqualTo(BackOff.LONGEST_NANOS + 1000 * BackOff.PER_PIECE_NANOS);
    }

    @Test
    void savesForTheNextBurstWhileNobodyIsInTheWay() {
        for (int burst = 0; burst < 100; burst++) {
            for (int piece = 0; piece < 50; piece++) {
                assertThat(backOff.after(0, ChunkSize.SLOW_NANOS)).isEqualTo(USUAL);
            }
            assertThat(backOff.after(millis(5), ChunkSize.SLOW_NANOS)).isEqualTo(millis(50));
        }
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
