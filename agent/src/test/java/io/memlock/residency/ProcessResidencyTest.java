// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.Progress;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.RecordingLibC;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One page is in swap, and VmSwap is 0. */
class ProcessResidencyTest {

    private static final int PAGE = 4096;
    private static final long SWAPPED = 1L << 62 | 1L << 56;

    private final FakeKernel kernel = new FakeKernel();
    private final RecordingLibC libc = new RecordingLibC(kernel);

    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private ProcessResidency residency(String kernelRelease, int freeKilobytes) throws IOException {
        write("thread-self/status", "Seccomp:\t0\n");
        write("self/status", "Name:\tjava\nVmSwap:\t       0 kB\n");
        write("sys/kernel/osrelease", kernelRelease + "\n");
        write("meminfo", "SwapTotal: 1024 kB\nSwapFree: " + freeKilobytes + " kB\n");
        ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        Files.write(root.resolve("self/pagemap"), entry.putLong(SWAPPED).array());
        Log quiet = new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.QUIET);
        ProcFs proc = new ProcFs(root.toFile(), root.toFile());
        return new ProcessResidency(libc, proc, kernel::maps, quiet, new Progress(quiet), PAGE, () -> 0, null);
    }

    private static List<Segment> page() {
        Mapping mapping = new Mapping(0, PAGE, true, true, false, false, 0, 0, "", Backing.NONE);
        return List.of(new Segment(0, PAGE, Region.NATIVE, Evidence.NONE, mapping));
    }

    /** The pagemap does not tell of it. An attach waits for a slow disk, the keeper's parts are too short for that. */
    @Test
    void readsSharedMemoryBackAtAnAttach() throws IOException {
        Mapping mapping = new Mapping(PAGE, 3L * PAGE, true, true, false, true, 0, 7, "/dev/shm/ring", Backing.MEMORY);
        List<Segment> ring = List.of(new Segment(PAGE, 3L * PAGE, Region.SHM, Evidence.MAPPING_NAME, mapping));
        kernel.absent.add((long) PAGE);

        assertThat(residency("6.1.0", 1024).swapIn(ring, () -> false).broughtBytes())
                .as("nobody has anything in swap")
                .isZero();
        assertThat(residency("6.1.0", 1000).swapInPrivate(ring, () -> false).broughtBytes())
                .isZero();
        assertThat(residency("6.1.0", 1000).swapIn(ring, () -> false).broughtBytes())
                .isEqualTo(PAGE);
    }

    /** HotSpot touches them only with -XX:+AlwaysPreTouch. */
    @Test
    void tellsThatHugePagesOfHugetlbfsAreNotPopulated() throws IOException {
        Mapping mapping =
                new Mapping(0, 4L * PAGE, true, true, false, false, 0, 7, "/anon_hugepage (deleted)", Backing.HUGETLB);
        List<Segment> heap = List.of(new Segment(0, 4L * PAGE, Region.HEAP, Evidence.NONE, mapping));
        ProcessResidency residency = residency("6.8.0", 1024);

        assertThat(residency.prefault(heap, List.of(Region.HEAP))).isNull();

        kernel.absent.add((long) PAGE);
        assertThat(residency.prefault(heap, List.of(Region.CODE))).isNull();
        assertThat(residency.prefault(heap, List.of(Region.HEAP))).contains("hugetlbfs", "-XX:+AlwaysPreTouch");
        assertThat(residency.prefaultLive(heap, List.of(Region.HEAP), () -> false))
                .contains("hugetlbfs");
        assertThat(libc.madvised).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5.14.0-427.el9, false", "6.2.0, true", "6.8.0-45-generic, true", "6.15.3, true", "6.16.0, false"})
    void readsBackThoughTheKernelThatEstimatesTellsOfNothing(String kernelRelease, boolean isRead) throws IOException {
        ProcessResidency residency = residency(kernelRelease, 1000);

        assertThat(residency.isPrivateInSwap()).isEqualTo(isRead);
        assertThat(residency.swapInPrivate(page(), () -> false).broughtBytes()).isEqualTo(isRead ? PAGE : 0);

        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(isRead ? PAGE : 0);
    }

    @Test
    void looksForNothingWhereNobodyHasAnythingInSwap() throws IOException {
        assertThat(residency("6.8.0", 1024).isPrivateInSwap()).isFalse();
    }
}
