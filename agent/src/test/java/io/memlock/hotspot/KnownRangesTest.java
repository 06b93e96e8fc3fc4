// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownRangesTest {

    @Test
    void theEarlierClaimKeepsWhatBothClaim() {
        assertThat(ranges(claim(0x3000, 0x5000, Region.CODE), claim(0x1000, 0x8000, Region.OTHER)))
                .containsExactly(
                        claim(0x1000, 0x3000, Region.OTHER),
                        claim(0x3000, 0x5000, Region.CODE),
                        claim(0x5000, 0x8000, Region.OTHER));
    }

    @Test
    void aClaimInsideAnEarlierOneVanishes() {
        assertThat(ranges(claim(0x1000, 0x8000, Region.HEAP), claim(0x3000, 0x5000, Region.CDS)))
                .containsExactly(claim(0x1000, 0x8000, Region.HEAP));
    }

    @Test
    void aClaimFillsTheGapsBetweenEarlierOnes() {
        assertThat(ranges(
                        claim(0x1000, 0x2000, Region.CODE),
                        claim(0x3000, 0x4000, Region.CODE),
                        claim(0x1000, 0x5000, Region.GC)))
                .containsExactly(
                        claim(0x1000, 0x2000, Region.CODE),
                        claim(0x2000, 0x3000, Region.GC),
                        claim(0x3000, 0x4000, Region.CODE),
                        claim(0x4000, 0x5000, Region.GC));
    }

    @Test
    void rangesGrowToWholePages() {
        assertThat(ranges(claim(0x1010, 0x2001, Region.GC))).containsExactly(claim(0x1000, 0x3000, Region.GC));
    }

    @Test
    void neighboursKeepWhatIsTheirs() {
        assertThat(ranges(
                        claim(0x2000, 0x3000, Region.CODE),
                        claim(0x1000, 0x2000, Region.GC),
                        claim(0x3000, 0x4000, Region.HEAP)))
                .containsExactly(
                        claim(0x1000, 0x2000, Region.GC),
                        claim(0x2000, 0x3000, Region.CODE),
                        claim(0x3000, 0x4000, Region.HEAP));
    }

    @Test
    void findsWhatEndsAfterAnAddress() {
        KnownRanges known = KnownRanges.of(
                List.of(
                        claim(0x1000, 0x2000, Region.CODE),
                        claim(0x3000, 0x4000, Region.GC),
                        claim(0x4000, 0x5000, Region.HEAP)),
                4096);

        assertThat(known.firstEndingAfter(0)).isZero();
        assertThat(known.firstEndingAfter(0x1fff)).isZero();
        assertThat(known.firstEndingAfter(0x2000)).isEqualTo(1);
        assertThat(known.firstEndingAfter(0x3fff)).isEqualTo(1);
        assertThat(known.firstEndingAfter(0x4000)).isEqualTo(2);
        assertThat(known.firstEndingAfter(0x5000)).isEqualTo(3);
        assertThat(KnownRanges.of(List.of(), 4096).firstEndingAfter(0)).isZero();
    }

    private static KnownRange claim(long start, long end, Region region) {
        return new KnownRange(start, end, region, Evidence.VM_STRUCTURE);
    }

    private static List<KnownRange> ranges(KnownRange... claims) {
        KnownRanges known = KnownRanges.of(List.of(claims), 4096);
        List<KnownRange> all = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            all.add(known.get(i));
        }
        return all;
    }
}
