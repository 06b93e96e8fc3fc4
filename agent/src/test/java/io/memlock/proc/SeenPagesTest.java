// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenPagesTest {

    /** Of 8 TiB: an int does not hold the numbers of its pages. */
    private static final long FAR = 1L << 31;

    @Test
    void aPageIsNewOnce() {
        SeenPages seen = new SeenPages(FAR, 10);

        assertThat(seen.add(FAR + 3)).isTrue();
        assertThat(seen.add(FAR + 3)).isFalse();
        assertThat(seen.add(FAR, FAR + 10)).isEqualTo(9);
        assertThat(seen.add(FAR, FAR + 10)).isZero();
    }

    @Test
    void outsideOfItsPartPagesAreAlwaysNew() {
        SeenPages seen = new SeenPages(FAR, 10);

        for (int time = 0; time < 2; time++) {
            assertThat(seen.add(0)).isTrue();
            assertThat(seen.add(FAR - 1)).isTrue();
            assertThat(seen.add(FAR + 10)).isTrue();
            assertThat(seen.add(3L * FAR)).isTrue();
            assertThat(seen.add(0, FAR)).isEqualTo(FAR);
            assertThat(seen.add(FAR + 10, 3 * FAR)).isEqualTo(2 * FAR - 10);
        }
        assertThat(seen.add(FAR - 5, FAR + 15)).isEqualTo(20);
        assertThat(seen.add(FAR - 5, FAR + 15)).isEqualTo(10);
    }

    @Test
    void ofNoPartNothingIsRemembered() {
        SeenPages seen = new SeenPages(0, 0);

        assertThat(seen.add(0)).isTrue();
        assertThat(seen.add(0)).isTrue();
        assertThat(seen.add(0, 5)).isEqualTo(5);
    }
}
