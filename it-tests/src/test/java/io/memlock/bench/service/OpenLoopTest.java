// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    private static final double REQUESTS_PER_SECOND = 100;
    private static final double SECONDS = 1;

    private final List<Double> progress = new ArrayList<>();
    private final OpenLoop loop = new OpenLoop((number, reached) -> {
        progress.add(reached);
        return number;
    });

    @Test
    void getsOnInARun() {
        loop.run(REQUESTS_PER_SECOND, SECONDS);

        assertThat(progress).isSorted().startsWith(0.0).anyMatch(reached -> reached > 0);
    }

    /** What grows in a run would have grown before it is measured. */
    @Test
    void doesNotGetOnWhileItWarmsUp() {
        loop.warmUp(REQUESTS_PER_SECOND, SECONDS);

        assertThat(progress).containsOnly(0.0);
    }
}
