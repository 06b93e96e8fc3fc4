// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {

    private final Curve curve = new Curve("Resident", "resident", List.of(5.0, 0.0, 10.0));

    @Test
    void goesFromTheLeftToTheRightWithItsZeroAtTheBottom() {
        assertThat(curve.points(20)).isEqualTo("0.0,75.0 500.0,100.0 1000.0,50.0");
    }

    @Test
    void liesAtTheBottomWhereAllIsZero() {
        assertThat(new Curve("Swapped out", "swapped", List.of(0.0, 0.0)).points(0))
                .isEqualTo("0.0,100.0 1000.0,100.0");
    }

    @Test
    void knowsItsExtremes() {
        assertThat(List.of(curve.first(), curve.least(), curve.most(), curve.last()))
                .containsExactly(5.0, 0.0, 10.0, 10.0);
    }
}
