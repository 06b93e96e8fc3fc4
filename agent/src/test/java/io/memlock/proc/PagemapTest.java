// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import io.memlock.proc.Pagemap.PageCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries as in Linux Documentation/admin-guide/mm/pagemap.rst. */
class PagemapTest {

    private static final long PAGE = 4096;
    private static final long NOTHING = 0;
    private static final long ANONYMOUS = 1L << 63 | 1L << 56 | 0x1234;
    private static final long FILE = 1L << 63 | 1L << 61 | 1L << 56;
    private static final long FILE_MAPPED_ELSEWHERE = 1L << 63 | 1L << 61;
    private static final long FORKED = 1L << 63;
    private static final long SWAPPED = 1L << 62 | 1L << 56;

    @TempDir
    private Path directory;

    @Test
    void countsWhatIsInRamAndWhatIsSwapped() throws IOException {
        try (Pagemap pagemap = of(NOTHING, ANONYMOUS, FILE, FILE_MAPPED_ELSEWHERE, FORKED, SWAPPED, NOTHING)) {
            assertThat(pagemap.count(0, 7 * PAGE, null, 0, () -> {})).isEqualTo(new PageCounts(4, 1, 1));
            assertThat(pagemap.count(5 * PAGE, 7 * PAGE, null, 0, () -> {})).isEqualTo(new PageCounts(0, 0, 1));
        }
    }

    @Test
    void countsEachPageOfAFileOnce() throws IOException {
        try (Pagemap pagemap = of(FILE_MAPPED_ELSEWHERE, NOTHING, FILE_MAPPED_ELSEWHERE, FILE)) {
            BitSet seen = new BitSet();
            assertThat(pagemap.count(0, 2 * PAGE, seen, 10, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
            assertThat(pagemap.count(2 * PAGE, 4 * PAGE, seen, 10, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
            assertThat(seen.stream()).containsExactly(10, 11);
        }
    }

    @Test
    void pausesAfterEachMebibyte() throws IOException {
        long[] entries = new long[2500];
        java.util.Arrays.fill(entries, ANONYMOUS);
        int[] pauses = new int[1];
        try (Pagemap pagemap = of(entries)) {
            assertThat(pagemap.count(0, 2500 * PAGE, null, 0, () -> pauses[0]++))
                    .isEqualTo(new PageCounts(2500, 0, 0));
        }
        assertThat(pauses[0]).isEqualTo(10);
    }

    @Test
    void stopsWhereTheFileEnds() throws IOException {
        try (Pagemap pagemap = of(ANONYMOUS, SWAPPED)) {
            assertThat(pagemap.count(0, 9 * PAGE, null, 0, () -> {})).isEqualTo(new PageCounts(1, 0, 1));
        }
    }

    @Test
    void findsRunsOfSwappedPages() throws IOException {
        try (Pagemap pagemap = of(SWAPPED, SWAPPED, ANONYMOUS, NOTHING, SWAPPED)) {
            List<String> runs = new ArrayList<>();
            pagemap.forEachSwapped(0, 5 * PAGE, (start, end) -> runs.add(start / PAGE + "-" + end / PAGE));
            assertThat(runs).containsExactly("0-2", "4-5");
        }
    }

    @Test
    void namesTheFileThatCannotBeOpened() {
        assertThatThrownBy(() -> new ProcFs(directory.toFile(), directory.toFile()).pagemap("none", PAGE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    private Pagemap of(long... entries) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long entry : entries) {
            bytes.putLong(entry);
        }
        Path file = directory.resolve("pagemap");
        Files.write(file, bytes.array());
        return new Pagemap(new FileOpener.Jdk().open(file.toFile()), PAGE);
    }
}
