// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Region;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassResultTest {

    private static PassResult pass(long wanted, Map<Region, Long> missing) {
        return new PassResult(9, wanted, missing, 3, 2, 1, 0, false);
    }

    @Test
    void twoPassesInARowAddUpWhatTheyDid() {
        PassResult earlier = new PassResult(9, 100, Map.of(Region.HEAP, 100L), 10, 20, 30, 12, true);

        assertThat(pass(70, Map.of()).after(earlier)).isEqualTo(new PassResult(9, 70, Map.of(), 13, 22, 31, 0, false));
    }

    @Test
    void addsUpWhatIsMissing() {
        assertThat(pass(9, Map.of(Region.HEAP, 3L, Region.CODE, 4L)).totalMissingBytes())
                .isEqualTo(7);
        assertThat(pass(9, Map.of(Region.HEAP, 3L)).isComplete()).isFalse();
        assertThat(pass(9, Map.of()).isComplete()).isTrue();
    }
}
