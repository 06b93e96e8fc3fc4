// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnLocksTest {

    private final OwnLocks ours = new OwnLocks();

    private static Segment segment(long start, long end) {
        return segment(start, end, "");
    }

    private static Segment segment(long start, long end, String path) {
        Mapping mapping = new Mapping(start, end, true, true, false, false, 0, 0, path, Backing.NONE);
        return new Segment(start, end, Region.OTHER, Evidence.NONE, mapping);
    }

    @Test
    void whatBeginsInsideOfWhatWasOursIsOurs() {
        ours.add(segment(0x2000, 0x6000));

        assertThat(ours.contains(segment(0x2000, 0x6000))).isTrue();
        assertThat(ours.contains(segment(0x2000, 0x9000))).as("grown").isTrue();
        assertThat(ours.contains(segment(0x5000, 0x6000))).as("cut out of it").isTrue();
        assertThat(ours.contains(segment(0x6000, 0x7000))).as("behind it").isFalse();
        assertThat(ours.contains(segment(0x1000, 0x2000))).as("before it").isFalse();
    }

    /** The kernel joins it with a page before it that is locked in the same way. */
    @Test
    void ofWhatBeginsBeforeOursOnlyTheRestIsOurs() {
        ours.add(segment(0x2000, 0x6000));
        Segment joined = segment(0x1000, 0x7000);

        assertThat(ours.partOf(joined)).isEqualTo(joined.from(0x2000));
        ours.retain(List.of(joined));
        assertThat(ours.partOf(joined)).isEqualTo(joined.from(0x2000));
    }

    @Test
    void aStackThatHasGrownDownwardsIsOursStill() {
        ours.add(segment(0x5000, 0x8000, "[stack]"));

        assertThat(ours.partOf(segment(0x2000, 0x8000, "[stack]"))).isEqualTo(segment(0x2000, 0x8000, "[stack]"));
        assertThat(ours.contains(segment(0x2000, 0x4000, "[stack]"))).isFalse();
        assertThat(ours.partOf(segment(0x2000, 0x8000)))
                .as("no stack")
                .isEqualTo(segment(0x2000, 0x8000).from(0x5000));
    }

    @Test
    void whatIsNotLockedAnyMoreIsForgotten() {
        ours.add(segment(0x2000, 0x4000));
        ours.add(segment(0x6000, 0x8000));

        ours.retain(List.of(segment(0x3000, 0x5000), segment(0xa000, 0xb000)));

        assertThat(ours.contains(segment(0x3000, 0x5000))).isTrue();
        assertThat(ours.contains(segment(0x4000, 0x5000))).as("where it is now").isTrue();
        assertThat(ours.contains(segment(0x2000, 0x3000))).as("where it was").isFalse();
        assertThat(ours.contains(segment(0x6000, 0x8000))).isFalse();
        assertThat(ours.contains(segment(0xa000, 0xb000))).as("never ours").isFalse();
    }

    @Test
    void whatIsAdoptedIsOursAndNothingElse() {
        ours.add(segment(0x2000, 0x4000));

        ours.adopt(List.of(segment(0x6000, 0x8000)));

        assertThat(ours.contains(segment(0x6000, 0x8000))).isTrue();
        assertThat(ours.contains(segment(0x2000, 0x4000))).isFalse();
    }

    @Test
    void whatWasUnlockedIsNobodys() {
        ours.add(segment(0x2000, 0x4000));

        ours.remove(segment(0x2000, 0x4000));

        assertThat(ours.contains(segment(0x2000, 0x4000))).isFalse();
    }
}
