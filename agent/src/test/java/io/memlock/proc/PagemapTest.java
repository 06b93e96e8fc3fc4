// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import io.memlock.files.OpenFile;
import io.memlock.proc.Pagemap.PageCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
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
    private static final long ZEROS = 1L << 63 | 1L << 56;

    /** What MADV_GUARD_INSTALL leaves. Since Linux 6.15 bit 58 tells it apart from a page in swap. */
    private static final long GUARD = 1L << 62 | 1L << 58 | 1L << 56;

    /** More than any range here shows of it. */
    private static final int PAGES_OF_THE_FILE = 4000;

    @TempDir
    private Path directory;

    @Test
    void countsWhatIsInRamAndWhatIsSwapped() throws IOException {
        try (Pagemap pagemap = of(NOTHING, ANONYMOUS, FILE, FILE_MAPPED_ELSEWHERE, FORKED, SWAPPED, NOTHING)) {
            assertThat(pagemap.countOfFile(0, 7 * PAGE, () -> {})).isEqualTo(new PageCounts(4, 1, 1));
            assertThat(pagemap.countOfFile(5 * PAGE, 7 * PAGE, () -> {})).isEqualTo(new PageCounts(0, 0, 1));
        }
    }

    @Test
    void countsEachPageOfAFileOnce() throws IOException {
        try (Pagemap pagemap = of(FILE_MAPPED_ELSEWHERE, NOTHING, FILE_MAPPED_ELSEWHERE, FILE)) {
            SeenPages seen = new SeenPages(10, 2);
            assertThat(pagemap.countUnseen(0, 2 * PAGE, seen, 10, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
            assertThat(pagemap.countUnseen(2 * PAGE, 4 * PAGE, seen, 10, () -> {}))
                    .isEqualTo(new PageCounts(1, 0, 0));
            assertThat(seen.add(10, 12)).isZero();
        }
    }

    @Test
    void pausesAfterEachMebibyte() throws IOException {
        long[] entries = new long[2500];
        java.util.Arrays.fill(entries, ANONYMOUS);
        int[] pauses = new int[1];
        try (Pagemap pagemap = of(entries)) {
            assertThat(pagemap.count(0, 2500 * PAGE, () -> pauses[0]++)).isEqualTo(new PageCounts(2500, 0, 0));
        }
        assertThat(pauses[0]).isEqualTo(10);
    }

    @Test
    void stopsWhereTheFileEnds() throws IOException {
        try (Pagemap pagemap = of(ANONYMOUS, SWAPPED)) {
            assertThat(pagemap.count(0, 9 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 1));
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
    void findsTheSameByRunsAsByEntries() throws IOException {
        long[] states = {NOTHING, ANONYMOUS, FILE, FILE_MAPPED_ELSEWHERE, FORKED, SWAPPED, GUARD};
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long[] entries = new long[3000];
            for (int at = 0; at < entries.length; ) {
                int runEnd = Math.min(entries.length, at + 1 + random.nextInt(seed % 2 == 0 ? 3 : 900));
                Arrays.fill(entries, at, runEnd, states[random.nextInt(states.length)]);
                at = runEnd;
            }
            long from = random.nextInt(1000) * PAGE;
            long to = from + random.nextInt(2000) * PAGE;
            RunsOf kernel = new RunsOf(entries);
            try (Pagemap byRuns = new Pagemap(kernel, PAGE);
                    Pagemap byEntries = of(entries)) {
                assertThat(byRuns.count(from, to, () -> {}))
                        .as("seed %d", seed)
                        .isEqualTo(byEntries.count(from, to, () -> {}));
                assertThat(byRuns.countOfFile(from, to, () -> {}))
                        .as("seed %d", seed)
                        .isEqualTo(byEntries.countOfFile(from, to, () -> {}));
                SeenPages seen = evenPages();
                SeenPages other = evenPages();
                assertThat(byRuns.countUnseen(from, to, seen, 7, () -> {}))
                        .as("seed %d", seed)
                        .isEqualTo(byEntries.countUnseen(from, to, other, 7, () -> {}));
                assertThat(added(seen)).isEqualTo(added(other));
                assertThat(swapped(byRuns, from, to)).isEqualTo(swapped(byEntries, from, to));
            }
            assertThat(kernel.scans).isPositive();
        }
    }

    @Test
    void readsOnlyEntriesOfFilesAndOnlyToTellWhoElseMapsThem() throws IOException {
        RunsOf kernel = new RunsOf(ANONYMOUS, ANONYMOUS, SWAPPED, NOTHING, FILE, FILE_MAPPED_ELSEWHERE);
        try (Pagemap pagemap = new Pagemap(kernel, PAGE)) {
            assertThat(pagemap.count(0, 6 * PAGE, () -> {})).isEqualTo(new PageCounts(4, 0, 1));
            assertThat(kernel.entriesRead).isZero();
            assertThat(pagemap.countOfFile(0, 6 * PAGE, () -> {})).isEqualTo(new PageCounts(4, 1, 1));
            assertThat(kernel.entriesRead).isEqualTo(2);
        }
    }

    @Test
    void doesNotCountThePageOfZeros() throws IOException {
        try (Pagemap pagemap = new Pagemap(new RunsOf(ZEROS, ANONYMOUS), PAGE)) {
            assertThat(pagemap.count(0, 2 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
        }
    }

    @Test
    void takesAGuardPageForNothing() throws IOException {
        RunsOf kernel = new RunsOf(GUARD, GUARD, ANONYMOUS, SWAPPED, GUARD);
        RunsOf olderKernel = new RunsOf(ANONYMOUS, SWAPPED);
        olderKernel.knownStates &= ~0x100;
        try (Pagemap byRuns = new Pagemap(kernel, PAGE);
                Pagemap byEntries = of(kernel.entries);
                Pagemap older = new Pagemap(olderKernel, PAGE)) {
            for (Pagemap pagemap : List.of(byRuns, byEntries)) {
                assertThat(pagemap.count(0, 5 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 1));
                assertThat(pagemap.countUnseen(0, 5 * PAGE, new SeenPages(0, 5), 0, () -> {}))
                        .isEqualTo(new PageCounts(1, 0, 1));
                assertThat(swapped(pagemap, 0, 5 * PAGE).stream()).containsExactly(3);
                assertThat(pagemap.isTouched(0)).isFalse();
            }
            assertThat(older.count(0, 2 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 1));
            assertThat(older.count(0, PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
        }
        assertThat(olderKernel.entriesRead).isZero();
    }

    @Test
    void asksOnceAboutSmallMappingsSideBySide() throws IOException {
        RunsOf kernel = new RunsOf(ANONYMOUS, ANONYMOUS, ANONYMOUS, SWAPPED, NOTHING, ANONYMOUS);
        try (Pagemap pagemap = new Pagemap(kernel, PAGE)) {
            assertThat(pagemap.count(0, 2 * PAGE, () -> {})).isEqualTo(new PageCounts(2, 0, 0));
            assertThat(pagemap.count(2 * PAGE, 4 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 1));
            assertThat(pagemap.count(4 * PAGE, 6 * PAGE, () -> {})).isEqualTo(new PageCounts(1, 0, 0));
        }
        assertThat(kernel.scans).isEqualTo(1);
    }

    @Test
    void asksAboutNoMoreThanThereIsAtTheEndOfTheAddressSpace() throws IOException {
        RunsOf kernel = new RunsOf(ANONYMOUS, ANONYMOUS);
        kernel.addressSpaceEnd = 2 * PAGE;
        try (Pagemap pagemap = new Pagemap(kernel, PAGE)) {
            assertThat(pagemap.count(0, 2 * PAGE, () -> {})).isEqualTo(new PageCounts(2, 0, 0));
        }
        assertThat(kernel.entriesRead).isZero();
    }

    private static SeenPages evenPages() {
        SeenPages pages = new SeenPages(0, PAGES_OF_THE_FILE);
        for (int page = 0; page < 2000; page += 2) {
            pages.add(page);
        }
        return pages;
    }

    private static BitSet added(SeenPages pages) {
        BitSet added = new BitSet();
        for (int page = 0; page < PAGES_OF_THE_FILE; page++) {
            added.set(page, !pages.add(page));
        }
        return added;
    }

    private static BitSet swapped(Pagemap pagemap, long from, long to) throws IOException {
        BitSet pages = new BitSet();
        pagemap.forEachSwapped(from, to, (start, end) -> pages.set((int) (start / PAGE), (int) (end / PAGE)));
        return pages;
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

    /** A pagemap of which the kernel finds runs, as Linux 6.7 does: fs/proc/task_mmu.c, {@code pagemap_scan_output}. */
    private static final class RunsOf extends OpenFile {

        private final long[] entries;
        private long addressSpaceEnd = Long.MAX_VALUE;
        private long knownStates = 0x13c;
        private int scans;
        private int entriesRead;

        RunsOf(long... entries) {
            this.entries = entries;
        }

        @Override
        public int scanPages(long[] arg, long[] vec) {
            assertThat(arg).hasSize(12).startsWith(12 * Long.BYTES, 0);
            assertThat(arg[11] | 0x104).isEqualTo(0x13c);
            if (arg[3] > addressSpaceEnd || (arg[11] & ~knownStates) != 0) {
                return -1;
            }
            scans++;
            int runs = 0;
            long page = arg[2] / PAGE;
            for (; page < Math.min(entries.length, arg[3] / PAGE); page++) {
                long state = state(entries[(int) page]) & arg[11];
                boolean goesOn = runs > 0 && vec[runs * 3 - 2] == page * PAGE && vec[runs * 3 - 1] == state;
                if (goesOn) {
                    vec[runs * 3 - 2] += PAGE;
                } else if ((state & arg[10]) != 0) {
                    if (runs == arg[6]) {
                        break;
                    }
                    vec[runs * 3] = page * PAGE;
                    vec[runs * 3 + 1] = (page + 1) * PAGE;
                    vec[runs * 3 + 2] = state;
                    runs++;
                }
            }
            arg[4] = runs == arg[6] ? page * PAGE : arg[3];
            return runs;
        }

        private static long state(long entry) {
            long state = (entry & 1L << 63) != 0 ? 0x8 : 0;
            state |= (entry & 1L << 62) != 0 ? 0x10 : 0;
            state |= (entry & 1L << 61) != 0 ? 0x4 : 0;
            state |= entry == GUARD ? 0x100 : 0;
            return entry == ZEROS ? state | 0x20 : state;
        }

        @Override
        public int readAt(long position, byte[] into, int length) {
            int pages = Math.min(length / Long.BYTES, entries.length - (int) (position / Long.BYTES));
            ByteBuffer bytes = ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
            for (int page = 0; page < pages; page++) {
                bytes.putLong(entries[(int) (position / Long.BYTES) + page]);
            }
            entriesRead += pages;
            return pages * Long.BYTES;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            throw new UnsupportedOperationException();
        }
    }
}
