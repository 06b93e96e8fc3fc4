// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {

    private static final long GIB = 1L << 30;

    @Test
    void endsWhereNothingNewIsTold() {
        Patience patience = new Patience(0, GIB);

        assertThat(patience.isOver(Patience.WITHOUT_NEWS_NANOS, false)).isFalse();
        assertThat(patience.isOver(Patience.WITHOUT_NEWS_NANOS + 1, false)).isTrue();
    }

    @Test
    void newsAreWaitedFor() {
        Patience patience = new Patience(0, GIB);

        assertThat(patience.isOver(Patience.WITHOUT_NEWS_NANOS, true)).isFalse();
        assertThat(patience.isOver(2 * Patience.WITHOUT_NEWS_NANOS, false)).isFalse();
    }

    @Test
    void newsForEverAreNot() {
        Patience patience = new Patience(0, 64 * GIB);
        long most = Patience.AT_LEAST_NANOS + 64 * Patience.PER_GIB_NANOS;

        assertThat(patience.isOver(most, true)).isFalse();
        assertThat(patience.isOver(most + 1, true)).isTrue();
    }
}
