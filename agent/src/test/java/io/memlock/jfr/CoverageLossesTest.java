// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.jfr.CoverageLosses.Lost;
import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import io.memlock.reconcile.PassResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoverageLossesTest {

    private static final Selection HEAP = Selection.of(List.of(Region.HEAP));
    private static final PassResult COMPLETE = pass(Map.of(), 0);

    private final CoverageLosses losses = new CoverageLosses();

    private static PassResult pass(Map<Region, Long> missing, int errno) {
        return new PassResult(9, 100, missing, 0, 0, 0, errno, false);
    }

    private void found(long bytes, boolean isByOthers, long now) {
        losses.foundUnlocked(new Segment(0, bytes, Region.HEAP, Evidence.NONE, null), isByOthers, now);
    }

    @Test
    void whatIsLockedAgainInAPassMayHaveBeenUnlockedSinceTheLastPass() {
        losses.passed(HEAP, COMPLETE, 1000);
        found(10, true, 1900);
        found(20, true, 1950);

        assertThat(losses.passed(HEAP, COMPLETE, 2000))
                .containsExactly(new Lost(Region.HEAP, 30, "unlocked by another party", 1000, true));
        assertThat(losses.passed(HEAP, COMPLETE, 3000)).isEmpty();
    }

    @Test
    void nobodyIsAccusedOfWhatMayBeNew() {
        found(10, false, 500);

        assertThat(losses.passed(HEAP, COMPLETE, 700))
                .containsExactly(new Lost(Region.HEAP, 10, "mapped since the last look, or unlocked", 200, true));
    }

    @Test
    void whatCannotBeLockedIsToldWhenItIsAndUntilThenWhenAsked() {
        losses.passed(HEAP, COMPLETE, 1000);
        assertThat(losses.passed(HEAP, pass(Map.of(Region.HEAP, 50L), Errno.ENOMEM), 2000))
                .isEmpty();
        assertThat(losses.passed(HEAP, pass(Map.of(Region.HEAP, 40L), Errno.ENOMEM), 3000))
                .isEmpty();

        String reason = Errno.describe(Errno.ENOMEM);
        assertThat(losses.goingOn(3500)).containsExactly(new Lost(Region.HEAP, 50, reason, 2500, false));
        found(40, false, 3900);
        assertThat(losses.passed(HEAP, COMPLETE, 4000)).containsExactly(new Lost(Region.HEAP, 50, reason, 3000, true));
        assertThat(losses.goingOn(4500)).isEmpty();
    }

    @Test
    void whatIsNoLongerSelectedIsNotToldAsRelocked() {
        losses.passed(HEAP, pass(Map.of(Region.HEAP, 50L), 0), 1000);

        assertThat(losses.passed(Selection.NOTHING, COMPLETE, 2000))
                .containsExactly(new Lost(Region.HEAP, 50, "does not fit under the limit", 1000, false));
    }

    /** After an unlock nobody looks until something is wanted locked again. */
    @Test
    void whatWasNotSelectedUntilNowIsNotLostBeforeThis() {
        losses.passed(Selection.NOTHING, COMPLETE, 1000);
        losses.passed(HEAP, pass(Map.of(Region.HEAP, 50L), 0), 9000);

        assertThat(losses.goingOn(9500))
                .containsExactly(new Lost(Region.HEAP, 50, "does not fit under the limit", 500, false));
    }

    @Test
    void whatIsFoundAfterPassesThatWereMissedIsNotDatedBackToBeforeThem() {
        losses.passed(HEAP, COMPLETE, 1000);
        found(10, true, 1900);
        losses.missedPasses();
        found(20, true, 8900);

        assertThat(losses.passed(HEAP, COMPLETE, 9000))
                .containsExactly(new Lost(Region.HEAP, 20, "unlocked by another party", 100, true));
    }

    @Test
    void aLossIsOverWithTheFirstCompletePassAfterThoseThatWereMissed() {
        losses.passed(HEAP, pass(Map.of(Region.HEAP, 50L), 0), 1000);
        losses.missedPasses();

        assertThat(losses.passed(HEAP, COMPLETE, 9000))
                .containsExactly(new Lost(Region.HEAP, 50, "does not fit under the limit", 8000, true));
        assertThat(losses.goingOn(9500)).isEmpty();
    }
}
