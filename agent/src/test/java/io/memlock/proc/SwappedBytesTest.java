// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwappedBytesTest {

    private static final long KIB = 1 << 10;

    @Test
    void sharedMemoryInSwapCountsThoughSwapPssDoesNot() {
        assertThat(swapped(entry(0x1000_0000L, 0x100, "rw-s", 0, 9, "/dev/shm/aeron/term", 200, 0)))
                .isEqualTo(200 * KIB);
    }

    /** Two processes share it since a fork. */
    @Test
    void countsTheShareOfPrivateMemory() {
        assertThat(swapped(entry(0x1000_0000L, 0x100, "rw-p", 0, 0, "", 200, 100)))
                .isEqualTo(100 * KIB);
    }

    @Test
    void theViewsOfZgcsHeapCountOnce() {
        assertThat(swapped(
                        entry(0x4_0000_0000L, 0x400, "rw-s", 0, 7, "/memfd:java_heap (deleted)", 608, 0),
                        entry(0x8_0000_0000L, 0x400, "rw-s", 0, 7, "/memfd:java_heap (deleted)", 608, 0),
                        entry(0x10_0000_0000L, 0x400, "rw-s", 0, 7, "/memfd:java_heap (deleted)", 608, 0)))
                .isEqualTo(608 * KIB);
    }

    /** The agent's view shows all of the file, ZGC's show pieces of it, in any order. */
    @Test
    void countsOfAViewWhatNoOtherShows() {
        String second = entry(0x4_0000_0000L, 0x100, "rw-s", 0x10_0000, 7, "/memfd:java_heap (deleted)", 400, 0);
        String first = entry(0x5_0000_0000L, 0x100, "rw-s", 0, 7, "/memfd:java_heap (deleted)", 400, 0);
        String whole = entry(0x6_0000_0000L, 0x400, "r--s", 0, 7, "/memfd:java_heap (deleted)", 1600, 0);

        assertThat(swapped(second, first)).isEqualTo(800 * KIB);
        assertThat(swapped(second, first, whole)).isEqualTo(1600 * KIB);
        assertThat(swapped(whole, second, first)).isEqualTo(1600 * KIB);
        assertThat(swapped(second, whole, first)).isEqualTo(1600 * KIB);
    }

    @Test
    void countsInPartWhatOverlapsInPart() {
        assertThat(swapped(
                        entry(0x4_0000_0000L, 0x100, "rw-s", 0, 7, "/memfd:x (deleted)", 1024, 0),
                        entry(0x5_0000_0000L, 0x100, "rw-s", 0x8_0000, 7, "/memfd:x (deleted)", 1024, 0)))
                .isEqualTo(1536 * KIB);
    }

    @Test
    void countsEachFileByItself() {
        assertThat(swapped(
                        entry(0x4_0000_0000L, 0x100, "rw-s", 0, 7, "/dev/shm/a", 100, 0),
                        entry(0x5_0000_0000L, 0x100, "rw-s", 0, 7, "/memfd:b (deleted)", 100, 0),
                        entry(0x6_0000_0000L, 0x100, "rw-s", 0, 8, "/dev/shm/a", 100, 0)))
                .isEqualTo(300 * KIB);
    }

    @Test
    void isReadFromSmaps(@TempDir Path root) throws Exception {
        Path process = Files.createDirectories(root.resolve("42"));
        Files.writeString(
                process.resolve("smaps"),
                entry(0x1000_0000L, 0x100, "rw-p", 0, 0, "", 8, 8)
                        + entry(0x4_0000_0000L, 0x100, "rw-s", 0, 7, "/dev/shm/a", 100, 0));

        assertThat(new ProcFs(root.toFile(), root.toFile()).swappedBytes("42").total())
                .isEqualTo(108 * KIB);
    }

    private static long swapped(String... entries) {
        SwappedBytes sum = new SwappedBytes();
        Fixture.smaps(String.join("", entries)).forEach(sum::add);
        return sum.total();
    }

    /** As the kernel prints it. */
    private static String entry(
            long start, long pages, String flags, long offset, long inode, String path, long swapKib, long swapPssKib) {
        return String.format(
                "%x-%x %s %08x 00:01 %d %s\nSize: %d kB\nRss: 0 kB\nPss: 0 kB\nSwap: %d kB\nSwapPss: %d kB\n",
                start, start + pages * 4096, flags, offset, inode, path, pages * 4, swapKib, swapPssKib);
    }
}
