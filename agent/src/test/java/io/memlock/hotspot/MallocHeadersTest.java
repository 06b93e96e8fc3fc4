// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.proc.Mapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MallocHeadersTest {

    private static final String[] ARENA = {
        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0", "7f5ec8068000-7f5ecc000000 ---p 00000000 00:00 0"
    };

    private final Map<Long, Long> words = new HashMap<>();

    @Test
    void takesARowOfChunksAndStopsBehindIt() {
        words.put(0x1000_0008L, 0x10_1002L);
        words.put(0x1010_1008L, 0x2_1002L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0"))
                .containsExactly(new KnownRange(0x1000_0000L, 0x1012_2000L, Region.NATIVE, Evidence.MALLOC_HEADER));
    }

    @Test
    void leavesMemoryWithoutAHeader() {
        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).isEmpty();
    }

    @Test
    void leavesAChunkThatWouldEndBehindTheMapping() {
        words.put(0x1000_0008L, 0x30_1002L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).isEmpty();
    }

    @Test
    void leavesAChunkOfAnArena() {
        words.put(0x1000_0008L, 0x10_1005L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).isEmpty();
    }

    @Test
    void leavesWhatHasAName() {
        words.put(0x1000_0008L, 0x10_1002L);

        assertThat(claims("10000000-10200000 rw-s 00000000 fe:00 35 /data/index"))
                .isEmpty();
    }

    @Test
    void confirmsAnArenaThatSaysHowMuchOfItIsAccessible() {
        words.put(0x7f5e_c800_0018L, 0x6_8000L);

        assertThat(claims(ARENA))
                .containsExactly(
                        new KnownRange(0x7f5e_c800_0000L, 0x7f5e_cc00_0000L, Region.NATIVE, Evidence.MALLOC_HEADER));
    }

    @Test
    void refutesAnArenaThatIsNone() {
        assertThat(claims(ARENA))
                .containsExactly(new KnownRange(0x7f5e_c800_0000L, 0x7f5e_cc00_0000L, Region.OTHER, Evidence.NONE));
    }

    private List<KnownRange> claims(String... maps) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : maps) {
            mappings.add(CapturedMaps.mapping(line));
        }
        List<Segment> segments = new RegionClassifier(KnownRanges.NONE).classify(mappings);
        return MallocHeaders.claims(segments, new MemorySnapshot(this::read), 4096);
    }

    private void read(long address, byte[] into) {
        ByteBuffer buffer = ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < into.length; i += Long.BYTES) {
            buffer.putLong(i, words.getOrDefault(address + i, 0L));
        }
    }
}
