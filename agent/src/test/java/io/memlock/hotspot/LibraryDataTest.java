// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.vmstructs.MemorySnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A library of five pages, of which three are zero-initialised data, in memory that the kernel merged with what follows. */
class LibraryDataTest {

    private static final long START = FakeHotSpot.LIBJVM;
    private static final String HEADERS = "7f0000000000-7f0000001000 r--p 00000000 fe:00 1 /lib/libz.so.1";
    private static final String CODE = "7f0000001000-7f0000002000 r-xp 00001000 fe:00 1 /lib/libz.so.1";
    private static final String DATA = "7f0000002000-7f0000009000 rw-p 00000000 00:00 0";

    private final FakeHotSpot memory = new FakeHotSpot();
    private final LibraryData libraries = new LibraryData();

    LibraryDataTest() {
        memory.link();
        memory.word(START + 64 + 32, 0x2000);
        memory.word(START + 64 + 40, 0x5000);
    }

    private List<KnownRange> ranges(String... maps) {
        List<Mapping> mappings = Stream.of(maps).map(CapturedMaps::mapping).toList();
        return libraries.ranges(mappings, memory.snapshot());
    }

    private static KnownRange data(long end) {
        return new KnownRange(START + 0x2000, START + end, Region.LIBS, Evidence.LIBRARY_HEADER);
    }

    @Test
    void takesAsMuchOfTheMemoryBehindALibraryAsItsHeaderSays() {
        assertThat(ranges(HEADERS, CODE, DATA)).containsExactly(data(0x5000));
    }

    @Test
    void readsAHeaderOnceWhileTheLibraryIsMapped() {
        ranges(HEADERS, CODE, DATA);
        memory.word(START + 64 + 40, 0x6000);
        assertThat(ranges(HEADERS, CODE, DATA)).containsExactly(data(0x5000));

        assertThat(ranges(DATA)).as("unmapped").isEmpty();
        assertThat(ranges(HEADERS, CODE, DATA)).as("another one there").containsExactly(data(0x6000));
    }

    /** As where the application has used up its descriptors for a moment. */
    @Test
    void readsAHeaderAgainThatCouldNotBeRead() {
        MemorySnapshot closed = new MemorySnapshot((address, into) -> {
            throw new IOException("EMFILE");
        });
        List<Mapping> mappings = List.of(CapturedMaps.mapping(HEADERS), CapturedMaps.mapping(CODE));
        assertThat(libraries.ranges(mappings, closed)).isEmpty();

        assertThat(ranges(HEADERS, CODE, DATA)).containsExactly(data(0x5000));
    }

    @Test
    void triesFewHeadersWhereNoneCanBeRead() {
        List<Long> tried = new ArrayList<>();
        MemorySnapshot closed = new MemorySnapshot((address, into) -> {
            tried.add(address);
            throw new IOException("EACCES");
        });
        List<Mapping> mappings = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            mappings.add(CapturedMaps.mapping(
                    "7f00000%02d000-7f00000%02d800 r-xp 00000000 fe:00 %d /lib/lib%d.so".formatted(i, i, i + 1, i)));
        }

        assertThat(libraries.ranges(mappings, closed)).isEmpty();
        assertThat(tried).hasSize(4);
    }

    @Test
    void takesNothingWhereTheHeaderTellsOfNoMore() {
        memory.word(START + 64 + 40, 0x2000);

        assertThat(ranges(HEADERS, CODE, DATA)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7f0000000000-7f0000001000 r--p 00001000 fe:00 1 /lib/libz.so.1",
                "7f0000000000-7f0000001000 r--s 00000000 fe:00 1 /lib/libz.so.1",
                "7f0000000000-7f0000001000 r--p 00000000 00:00 0",
                "7f0000000000-7f0000001000 r--p 00000000 fe:00 2 /data/index"
            })
    void looksIntoNothingThatIsNotTheBeginningOfALibrary(String first) {
        assertThat(ranges(first, CODE, DATA)).isEmpty();
    }

    @Test
    void looksIntoNoFileOfWhichNothingIsExecutable() {
        assertThat(ranges(HEADERS, DATA)).isEmpty();
        assertThat(ranges(HEADERS)).isEmpty();
    }

    @Test
    void whatIsNoLibraryAfterAllIsNone() {
        MemorySnapshot zeros = new MemorySnapshot((address, into) -> {});
        List<Mapping> mappings = List.of(CapturedMaps.mapping(HEADERS), CapturedMaps.mapping(CODE));

        assertThat(libraries.ranges(mappings, zeros)).isEmpty();
    }
}
