// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionBoundsTest {

    private static final long MIB = 1 << 20;

    private final List<Segment> segments = new ArrayList<>();

    private RegionBounds bounds(String... flags) {
        return new RegionBounds(segments, new JvmFlags(List.of(flags)));
    }

    private void has(Region region, String mapping) {
        Mapping whole = CapturedMaps.mapping(mapping);
        segments.add(new Segment(whole.start(), whole.end(), region, Evidence.MAPPING_NAME, whole));
    }

    private void hasHeapAndCode() {
        has(Region.HEAP, "10000000-10400000 rw-p 00000000 00:00 0");
        has(Region.HEAP, "10400000-14000000 ---p 00000000 00:00 0");
        has(Region.CODE, "20000000-20200000 rwxp 00000000 00:00 0");
        has(Region.CODE, "20200000-2f000000 ---p 00000000 00:00 0");
    }

    @Test
    void theHeapAndCodeGrowAsFarAsTheyAreReserved() {
        hasHeapAndCode();

        assertThat(bounds().committedBytes(Region.HEAP)).isEqualTo(4 * MIB);
        assertThat(bounds().reservedBytes(Region.HEAP)).isEqualTo(64 * MIB);
        assertThat(bounds().mostBytes(Region.HEAP)).isEqualTo(64 * MIB);
        assertThat(bounds().mostBytes(Region.CODE)).isEqualTo(240 * MIB);
        assertThat(bounds().mostBytes(List.of(Region.HEAP, Region.CODE))).isEqualTo(304 * MIB);
    }

    @Test
    void nothingBoundsAHeapThatIsMappedAnew() {
        has(Region.HEAP, "10000000-10400000 rw-s 00000000 00:01 25 /memfd:java_heap (deleted)");

        assertThat(bounds().mostBytes(Region.HEAP)).isEqualTo(RegionBounds.UNBOUNDED);
    }

    /** As on a file system of the user's, with -XX:AllocateHeapAt. */
    @Test
    void nothingBoundsAHeapInAFileWithoutAName() {
        has(Region.HEAP, "10000000-10400000 rw-s 00000000 00:1f 25 /mnt/#1234 (deleted)");

        assertThat(bounds().mostBytes(Region.HEAP)).isEqualTo(RegionBounds.UNBOUNDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00:11 9 /anon_hugepage (deleted)", "00:11 4 /memfd:java_heap.hugetlb (deleted)"})
    void aHeapInHugePagesOfHugetlbfsTakesNothingOfALimit(String inodeAndPath) {
        has(Region.HEAP, "10000000-18000000 rw-s 00000000 " + inodeAndPath);
        has(Region.CODE, "20000000-20200000 rwxp 00000000 00:00 0");

        assertThat(bounds().mostBytes(List.of(Region.HEAP, Region.CODE))).isEqualTo(2 * MIB);
        assertThat(bounds().mostBytes(List.of(Region.HEAP))).isZero();
    }

    @Test
    void onlyAFlagBoundsMetaspaceAndNeverBelowWhatThereIs() {
        has(Region.METASPACE, "30000000-30800000 rw-p 00000000 00:00 0");

        assertThat(bounds().mostBytes(Region.METASPACE)).isEqualTo(RegionBounds.UNBOUNDED);
        assertThat(bounds("-XX:MaxMetaspaceSize=64m").mostBytes(Region.METASPACE))
                .isEqualTo(64 * MIB);
        assertThat(bounds("-XX:MaxMetaspaceSize=1m").mostBytes(Region.METASPACE))
                .isEqualTo(8 * MIB);
    }

    @Test
    void nothingBoundsWhatTheApplicationAsksFor() {
        hasHeapAndCode();
        has(Region.NATIVE, "60000000-60100000 rw-p 00000000 00:00 0");

        assertThat(bounds().mostBytes(Region.NATIVE)).isEqualTo(RegionBounds.UNBOUNDED);
        assertThat(bounds().mostBytes(List.of(Region.HEAP, Region.NATIVE, Region.CODE)))
                .isEqualTo(RegionBounds.UNBOUNDED);
    }

    /** A number that is too small would be recommended as a limit. */
    @Test
    void doesNotTakeTheUnknownForZero() {
        hasHeapAndCode();

        assertThat(bounds().mostBytes(List.of(Region.HEAP, Region.GC))).isEqualTo(RegionBounds.UNBOUNDED);
        assertThat(bounds().mostBytes(List.of())).isEqualTo(RegionBounds.UNBOUNDED);
    }

    @Test
    void countsNeitherTheAgentsViewNorTheFirstThreadsStack() {
        has(Region.HEAP, "10000000-10400000 rw-s 00000000 00:01 25 /memfd:java_heap (deleted)");
        has(Region.HEAP, "50000000-50400000 r--s 00000000 00:01 25 /memfd:java_heap (deleted)");
        has(Region.STACKS, "60000000-60100000 rw-p 00000000 00:00 0");
        has(Region.STACKS, "7fff00000000-7fff00100000 rw-p 00000000 00:00 0 [stack]");

        assertThat(bounds().reservedBytes(Region.HEAP)).isEqualTo(4 * MIB);
        assertThat(bounds().reservedBytes(Region.STACKS)).isEqualTo(MIB);
    }
}
