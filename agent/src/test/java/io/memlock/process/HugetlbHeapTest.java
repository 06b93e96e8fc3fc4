// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

class HugetlbHeapTest {

    private static final Segment ORDINARY = segment(0x1000_0000L, Region.NATIVE, Backing.NONE);

    private static Segment segment(long start, Region region, Backing backing) {
        long end = start + (2 << 20);
        Mapping mapping = new Mapping(start, end, true, true, false, false, 0, 0, "", backing);
        return new Segment(start, end, region, Evidence.NONE, mapping);
    }

    /** As long as the JVM has not told where its heap is. */
    @Test
    void remembersNothingWhereHugePagesMayBeTheHeaps() {
        Segment hugePages = segment(0x2000_0000L, Region.OTHER, Backing.HUGETLB);
        Segment heap = segment(0x3000_0000L, Region.HEAP, Backing.NONE);

        assertThat(HugetlbHeap.isCertain(List.of(ORDINARY, hugePages))).isFalse();
        assertThat(HugetlbHeap.isCertain(List.of(ORDINARY, hugePages, heap))).isTrue();
    }

    @Test
    void remembersWhatHugePagesShow() {
        Segment heap = segment(0x3000_0000L, Region.HEAP, Backing.HUGETLB);

        assertThat(HugetlbHeap.isCertain(List.of(ORDINARY))).isTrue();
        assertThat(HugetlbHeap.isCertain(List.of(ORDINARY, heap))).isTrue();
    }
}
