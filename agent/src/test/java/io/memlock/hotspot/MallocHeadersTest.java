// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MallocHeadersTest {

    private static final String[] ARENA = {
        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0", "7f5ec8068000-7f5ecc000000 ---p 00000000 00:00 0"
    };

    private static final KnownRange ARENA_RANGE =
            new KnownRange(0x7f5e_c800_0000L, 0x7f5e_cc00_0000L, Region.NATIVE, Evidence.MALLOC_HEADER);

    private static final KnownRange NO_ARENA =
            new KnownRange(0x7f5e_c800_0000L, 0x7f5e_cc00_0000L, Region.OTHER, Evidence.NONE);

    private final Map<Long, Long> words = new HashMap<>();
    private long unreadableFrom = Long.MAX_VALUE;
    private long readBytes;

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
    void takesAChunkThatLocksHaveSplit() {
        words.put(0x1000_0008L, 0x20_1002L);
        words.put(0x1020_1008L, 0x1002L);

        assertThat(claims(
                        "10000000-10100000 rw-p 00000000 00:00 0",
                        "10100000-10180000 rw-p 00000000 00:00 0",
                        "10180000-10300000 rw-p 00000000 00:00 0"))
                .containsExactly(new KnownRange(0x1000_0000L, 0x1020_2000L, Region.NATIVE, Evidence.MALLOC_HEADER));
    }

    @Test
    void takesNoChunkThatWouldGoOnBehindAHole() {
        words.put(0x1000_0008L, 0x20_1002L);

        assertThat(claims("10000000-10100000 rw-p 00000000 00:00 0", "10101000-10300000 rw-p 00000000 00:00 0"))
                .isEmpty();
    }

    @Test
    void confirmsAnArenaInPiecesByItsOneHeader() {
        arena(0x7f5e_c800_0030L, 0, 0x7_0000L, 0x7_0000L);

        assertThat(claims(
                        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0",
                        "7f5ec8068000-7f5ec8070000 rw-p 00000000 00:00 0",
                        "7f5ec8070000-7f5ecc000000 ---p 00000000 00:00 0"))
                .containsExactly(ARENA_RANGE);
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
    void takesChunksUpToTheEndOfTheMapping() {
        words.put(0x1000_0008L, 0x10_0002L);
        words.put(0x1010_0008L, 0x10_0002L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0"))
                .containsExactly(new KnownRange(0x1000_0000L, 0x1020_0000L, Region.NATIVE, Evidence.MALLOC_HEADER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x2", "0x10_1802", "-0xffe"})
    void leavesAChunkWhoseLengthCannotBe(String size) {
        words.put(0x1000_0008L, Long.decode(size.replace("_", "")));

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).isEmpty();
    }

    /** As memalign leaves it, whose chunk does not begin where the mapping does. */
    @Test
    void leavesAChunkBehindUnusedBytes() {
        words.put(0x1000_0000L, 0x40L);
        words.put(0x1000_0008L, 0x10_1002L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--p", "-w-p", "rwxp", "rw-s"})
    void looksAtNoMemoryThatMallocWouldNotMap(String access) {
        words.put(0x1000_0008L, 0x10_1002L);

        assertThat(claims("10000000-10200000 " + access + " 00000000 00:00 0")).isEmpty();
    }

    /** What is mapped and cannot be read, as behind the end of a file that was cut. */
    @Test
    void takesWhatItCouldReadAndLeavesAnArenaToItsLayout() {
        words.put(0x1000_0008L, 0x10_1002L);
        unreadableFrom = 0x1010_1000L;

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0"))
                .containsExactly(new KnownRange(0x1000_0000L, 0x1010_1000L, Region.NATIVE, Evidence.MALLOC_HEADER));
        assertThat(claims(ARENA)).as("neither confirmed nor refuted").isEmpty();
    }

    /** A look is a system call. */
    @Test
    void looksAtTwoThousandMappingsAtMost() {
        String[] maps = new String[2001];
        for (int i = 0; i < maps.length; i++) {
            long start = 0x1000_0000L + i * 0x2000L;
            words.put(start + 8, 0x1002L);
            maps[i] = Long.toHexString(start) + "-" + Long.toHexString(start + 0x1000) + " rw-p 00000000 00:00 0";
        }

        assertThat(claims(maps)).hasSize(2000);
    }

    @Test
    void confirmsAnArenaThatIsFull() {
        arena(0x7f5e_c800_0030L, 0, 0x400_0000L, 0x400_0000L);

        assertThat(claims(ARENA)).containsExactly(ARENA_RANGE);
    }

    @Test
    void confirmsAnArenaByItsHeader() {
        arena(0x7f5e_c800_0030L, 0, 0x6_8000L, 0x6_8000L);

        assertThat(claims(ARENA)).containsExactly(ARENA_RANGE);
    }

    /** A page of each would be garbage of the JVM at each change of its mappings. */
    @Test
    void readsACacheLineOfEachHeader() {
        words.put(0x1000_0008L, 0x10_1002L);
        words.put(0x1010_1008L, 0xf_f002L);

        assertThat(claims("10000000-10200000 rw-p 00000000 00:00 0")).hasSize(1);
        assertThat(readBytes).isEqualTo(2 * 64);
    }

    @Test
    void confirmsAnArenaThatHasGrownSinceMapsWasRead() {
        arena(0x7f5e_c800_0030L, 0, 0x7_1000L, 0x7_1000L);

        assertThat(claims(ARENA)).containsExactly(ARENA_RANGE);
    }

    @Test
    void confirmsAFurtherPieceOfAnArenaThatHasShrunk() {
        arena(0x7f5e_a000_0030L, 0x7f5e_a000_0000L, 0x2_1000L, 0x6_8000L);

        assertThat(claims(ARENA)).containsExactly(ARENA_RANGE);
    }

    @ParameterizedTest(name = "arena {0}, previous {1}, size {2}, accessible {3}")
    @CsvSource({
        "0x0,            0x0,    0x68000, 0x68000",
        "0x7f5ec8000031, 0x0,    0x68000, 0x68000",
        "0x7f5ec8000030, 0x1000, 0x68000, 0x68000",
        "0x7f5ec8000030, 0x0,    0x0,     0x68000",
        "0x7f5ec8000030, 0x0,    0x68001, 0x68001",
        "0x7f5ec8000030, 0x0,    0x68000, 0x68001",
        "0x7f5ec8000030, 0x0,    0x69000, 0x68000",
        "0x7f5ec8000030, 0x0,    0x68000, 0x5000000",
    })
    void refutesAHeaderThatCannotBeAnArenas(String arena, String previous, String size, String accessible) {
        arena(Long.decode(arena), Long.decode(previous), Long.decode(size), Long.decode(accessible));

        assertThat(claims(ARENA)).containsExactly(NO_ARENA);
    }

    @Test
    void refutesAnArenaThatIsNone() {
        assertThat(claims(ARENA)).containsExactly(NO_ARENA);
    }

    /** struct _heap_info of glibc. */
    private void arena(long arena, long previous, long size, long accessible) {
        words.put(0x7f5e_c800_0000L, arena);
        words.put(0x7f5e_c800_0008L, previous);
        words.put(0x7f5e_c800_0010L, size);
        words.put(0x7f5e_c800_0018L, accessible);
    }

    private List<KnownRange> claims(String... maps) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : maps) {
            mappings.add(CapturedMaps.mapping(line));
        }
        List<Segment> segments = new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(mappings);
        return MallocHeaders.claims(segments, this::read, 4096);
    }

    private void read(long address, byte[] into) throws IOException {
        readBytes += into.length;
        if (address >= unreadableFrom) {
            throw new IOException("Input/output error");
        }
        ByteBuffer buffer = ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < into.length; i += Long.BYTES) {
            buffer.putLong(i, words.getOrDefault(address + i, 0L));
        }
    }
}
