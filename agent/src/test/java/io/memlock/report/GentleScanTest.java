// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pacer;
import io.memlock.calls.Pause;
import io.memlock.calls.SharedMemorySwap;
import io.memlock.fake.FakeKernel;
import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.Region;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the JVM the tests run in, whose memory is as good as any. */
class GentleScanTest {

    private static final int PAGE = 4096;
    private static final double A_TENTH = 0.1;
    private static final long SLACK = 4 << 20;

    /** In RAM, a file's, and mapped nowhere else (Documentation/admin-guide/mm/pagemap.rst). */
    private static final long PAGE_OF_A_FILE = 1L << 63 | 1L << 61 | 1L << 56;

    /** The same, but mapped elsewhere, too. */
    private static final long PAGE_MAPPED_ELSEWHERE = 1L << 63 | 1L << 61;

    private final ProcFs proc = new ProcFs();
    private final JvmLayout layout = JvmLayout.of(proc, ProcFs.SELF);
    private final FakeKernel nothingLocked = new FakeKernel();

    GentleScanTest() throws IOException {} // for the layout

    @Test
    void findsInEachRegionWhatSmapsSays() throws IOException {
        RegionReport before = SmapsScan.of(proc, ProcFs.SELF, layout, List.of());
        RegionReport gentle = scan(nanos -> {}, System::nanoTime);
        RegionReport after = SmapsScan.of(proc, ProcFs.SELF, layout, List.of());

        for (Region region : List.of(Region.HEAP, Region.CODE, Region.METASPACE, Region.NATIVE)) {
            long one = before.total(List.of(region)).residentBytes();
            long other = after.total(List.of(region)).residentBytes();
            assertThat(gentle.total(List.of(region)).residentBytes())
                    .as("%s, beside smaps", region)
                    .isBetween(
                            (long) (Math.min(one, other) * (1 - A_TENTH)) - SLACK,
                            (long) (Math.max(one, other) * (1 + A_TENTH)) + SLACK);
        }
        assertThat(gentle.total().lockedBytes()).isZero();
    }

    /** Where each piece takes as long as a rest: then it rests after each piece, of 1 MiB at the most. */
    @Test
    void pausesAsItGoes() throws IOException {
        int[] pauses = new int[1];
        long[] now = new long[1];
        Pause counted = nanos -> pauses[0]++;
        RegionReport report = scan(counted, () -> now[0] += ChunkedCalls.PAUSE_NANOS);

        assertThat(pauses[0]).isGreaterThan((int) (report.total().residentBytes() / (4 << 20)));
    }

    /** Each of them has its own pages, though both are inode 7. */
    @Test
    void countsFilesOfTwoFileSystemsThatHaveOneInode(@TempDir Path directory) throws IOException {
        String maps =
                """
                00000000-00004000 rw-s 00000000 00:21 7                          /mnt/one/data
                00004000-00008000 rw-s 00000000 00:22 7                          /mnt/other/data
                """;

        assertThat(residentPages(directory, maps, PAGE_OF_A_FILE)).isEqualTo(8);
    }

    /** As a log is that one part of an application writes and another one reads. */
    @Test
    void countsAFileOnceThatIsMappedToWriteAndToRead(@TempDir Path directory) throws IOException {
        String maps =
                """
                00000000-00004000 rw-s 00000000 00:21 7                          /mnt/data
                00004000-00008000 r--s 00000000 00:21 7                          /mnt/data
                """;

        assertThat(residentPages(directory, maps, PAGE_MAPPED_ELSEWHERE)).isEqualTo(4);
    }

    /** Others map it, too, but a file in memory may have no other owner. */
    @Test
    void countsAllOfASharedFileThatIsMappedOnce(@TempDir Path directory) throws IOException {
        String maps = "00000000-00008000 rw-s 00000000 00:21 7                          /mnt/data\n";

        assertThat(residentPages(directory, maps, PAGE_MAPPED_ELSEWHERE)).isEqualTo(8);
    }

    /** The kernel locks none of it, so it would count as missing for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"anon_inode:[io_uring]", "socket:[4711]", "/dev/nvidia0", "/[aio] (deleted)", "/dmabuf:x"})
    void countsNothingOfWhatADriverMaps(String path, @TempDir Path directory) throws IOException {
        String maps = "00000000-00008000 rw-s 00000000 00:0f 7                          " + path + "\n";

        assertThat(residentPages(directory, maps, PAGE_MAPPED_ELSEWHERE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rw-s 00000000 00:16 2 /dev/shm/log",
                "rw-s 00000000 00:26 3 /dev/hugepages/pool",
                "rw-s 00000000 00:01 8 /dev/zero (deleted)",
                "rw-p 00000000 00:05 4 /dev/zero"
            })
    void countsFilesAndAnonymousMemoryBelowDev(String mapping, @TempDir Path directory) throws IOException {
        assertThat(residentPages(directory, "00000000-00008000 " + mapping + "\n", PAGE_OF_A_FILE))
                .isEqualTo(8);
    }

    /** Behind 8 TiB an int does not hold the numbers of its pages. */
    @Test
    void countsWhatIsShownTwiceOfALargeFileOnce(@TempDir Path directory) throws IOException {
        String maps =
                """
                00000000-00004000 rw-s 7fffffffc000 00:21 7                      /mnt/data
                00004000-00008000 rw-s 7fffffffd000 00:21 7                      /mnt/data
                """;

        assertThat(residentPages(directory, maps, PAGE_MAPPED_ELSEWHERE)).isEqualTo(5);
    }

    /** Of 1 TiB, of which the first pages are resident, and mapped by nobody else. */
    @Test
    void countsAPageHalfInEachPlaceWhereThereAreTooManyToRemember(@TempDir Path directory) throws IOException {
        String maps =
                """
                00000000-10000000000 rw-s 00000000 00:21 7                       /mnt/data
                10000000000-20000000000 rw-s 00000000 00:21 7                    /mnt/data
                """;

        assertThat(residentPages(directory, maps, PAGE_MAPPED_ELSEWHERE)).isEqualTo(4);
    }

    /** A large mapping takes seconds, in which an attach may lock the first part of it. */
    @Test
    void countsAsLockedWhatWasLockedBeforeItWasCounted(@TempDir Path directory) throws IOException {
        ProcFs captured = captured(
                directory,
                "00000000-00008000 rw-s 00000000 00:21 7                          /mnt/data\n",
                PAGE_OF_A_FILE);
        nothingLocked.mapFile(0, 8 * PAGE, "/mnt/data");
        long[] now = new long[1];
        Pause locking = nanos -> nothingLocked.mlock(0, PAGE);

        RegionReport report = scan(captured, locking, () -> now[0] += ChunkedCalls.PAUSE_NANOS);

        assertThat(nothingLocked.isLocked(0)).isTrue();
        assertThat(report.total().lockedBytes()).isZero();
    }

    /** Returns how many pages count as resident of those at the first eight addresses. */
    private long residentPages(Path directory, String maps, long entry) throws IOException {
        RegionReport report = scan(captured(directory, maps, entry), nanos -> {}, System::nanoTime);
        return report.total().residentBytes() / PAGE;
    }

    /** Writes what maps shows, and the same entry of pagemap for the first eight addresses. */
    private static ProcFs captured(Path directory, String maps, long entry) throws IOException {
        Path self = Files.createDirectories(directory.resolve("self"));
        Files.writeString(self.resolve("maps"), maps);
        ByteBuffer pagemap = ByteBuffer.allocate(8 * Long.BYTES).order(ByteOrder.nativeOrder());
        while (pagemap.hasRemaining()) {
            pagemap.putLong(entry);
        }
        Files.write(self.resolve("pagemap"), pagemap.array());
        return new ProcFs(directory.toFile(), directory.toFile());
    }

    private RegionReport scan(Pause pause, LongSupplier clock) throws IOException {
        return scan(new ProcFs(), pause, clock);
    }

    private RegionReport scan(ProcFs proc, Pause pause, LongSupplier clock) throws IOException {
        SharedMemorySwap sharedSwap = new SharedMemorySwap(nothingLocked, proc, pause, PAGE);
        Pacer pacer = new Pacer(pause, clock);
        return new GentleScan(proc, layout, new LockProbe(nothingLocked, PAGE), sharedSwap, pacer, PAGE)
                .scan(List.of());
    }
}
