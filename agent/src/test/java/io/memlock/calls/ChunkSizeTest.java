// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkSizeTest {

    private static final long PAGE = 4096;
    private static final long HUGE = 2 << 20;
    private static final long SMALL = ChunkSize.SMALLEST_PAGES * PAGE;

    private long hugePages;
    private long callNanos;
    private ChunkSize pieces = new ChunkSize(PAGE, () -> hugePages, () -> callNanos);

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
            pieces.took(ChunkSize.QUICK_NANOS - 1);
        }

        assertThat(pieces.end(0)).isEqualTo(HUGE);
    }

    @Test
    void shrinksWhileItIsSlowUntilTheCallItselfDominates() {
        pieces.end(0);
        pieces.took(ChunkSize.QUICK_NANOS - 1);
        pieces.took(ChunkSize.QUICK_NANOS - 1);
        assertThat(pieces.end(0)).isEqualTo(4 * SMALL);

        pieces.took(ChunkSize.SLOW_NANOS + 1);
        assertThat(pieces.end(0)).isEqualTo(2 * SMALL);
        pieces.took(ChunkSize.SLOW_NANOS + 1);
        pieces.took(ChunkSize.SLOW_NANOS + 1);
        assertThat(pieces.end(0)).isEqualTo(SMALL);
    }

    @Test
    void staysBetweenSlowAndQuick() {
        pieces.end(0);
        pieces.took(ChunkSize.QUICK_NANOS - 1);
        pieces.took(ChunkSize.QUICK_NANOS);
        pieces.took(ChunkSize.SLOW_NANOS);

        assertThat(pieces.end(0)).isEqualTo(2 * SMALL);
    }

    @Test
    void neverCutsAHugePage() {
        hugePages = HUGE;
        assertThat(pieces.end(PAGE)).isEqualTo(HUGE);

        pieces.took(ChunkSize.SLOW_NANOS * 100);

        assertThat(pieces.end(PAGE)).isEqualTo(HUGE);
    }

    @Test
    void asksAgainOnlyWhenToldTo() {
        pieces.end(0);
        hugePages = HUGE;
        assertThat(pieces.end(0)).isEqualTo(SMALL);

        pieces.anew();

        assertThat(pieces.end(0)).isEqualTo(HUGE);
    }

    @Test
    void aHugePageIsAsLargeAsTheKernelSays() {
        hugePages = 32 << 20;
        pieces = new ChunkSize(16 << 10, () -> hugePages, () -> callNanos);
        assertThat(pieces.end(0)).isEqualTo(32 << 20);

        pieces.took(ChunkSize.SLOW_NANOS * 100);
        assertThat(pieces.end(0)).isEqualTo(32 << 20);
        pieces.took(0);
        assertThat(pieces.end(0)).isEqualTo(32 << 20);
    }

    @Test
    void whatIsOnlyReservedIsBoundedByTimeAlone() {
        ChunkSize reserved = pieces.ofReserved();
        long at = 0;
        int calls = 0;
        while (at < 16L << 40) {
            at = reserved.end(at);
            reserved.took(ChunkSize.QUICK_NANOS - 1);
            calls++;
        }
        assertThat(calls).as("for 16 TiB").isLessThan(50);

        for (int i = 0; i < 50; i++) {
            reserved.took(ChunkSize.SLOW_NANOS + 1);
        }
        assertThat(reserved.end(0)).isEqualTo(HUGE);
    }

    @Test
    void growsWhereTheCallItselfDominates() {
        callNanos = 100_000; // an emulator
        pieces.end(0);
        for (int i = 0; i < 10; i++) {
            pieces.took(ChunkSize.QUICK_CALLS * callNanos - 1);
        }

        assertThat(pieces.end(0)).isEqualTo(HUGE);
        assertThat(pieces.slowNanos()).isEqualTo(ChunkSize.SLOW_CALLS * callNanos);
    }
}
