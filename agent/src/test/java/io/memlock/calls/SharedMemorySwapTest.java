// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedMemorySwapTest {

    private static final long PAGE = FakeKernel.PAGE;
    private static final String NAME = "/memfd:java_heap (deleted)";
    private static final int INODE = 17;

    /** Those that this process surely has. */
    private static final int DESCRIPTOR = 1;

    private static final int OTHER_DESCRIPTOR = 2;

    private final FakeKernel kernel = new FakeKernel();

    @TempDir
    private Path root;

    private SharedMemorySwap swap;

    @BeforeEach
    void startWithPagesInSwap() throws IOException {
        put("proc/meminfo", "SwapTotal:  1000 kB\nSwapFree:  900 kB\n");
        put("proc/sys/kernel/osrelease", "6.10.0\n");
        put("proc/thread-self/status", "Seccomp:\t0\n");
        open(DESCRIPTOR, INODE, 1, 2, 5);
        swap = new SharedMemorySwap(
                kernel, new ProcFs(root.resolve("proc").toFile(), root.toFile()), nanos -> {}, PAGE);
    }

    @Test
    void countsEachPageOfTheFileOnce() {
        Mapping first = mapping(0x10000, 0, 4);
        Mapping view = mapping(0x80000, 0, 4);
        Mapping overlapping = mapping(0x90000, 2, 8);
        swap.begin(List.of(first, view, overlapping));

        assertThat(swap.bytes(whole(first))).isEqualTo(2 * PAGE);
        assertThat(swap.bytes(whole(view))).isZero();
        assertThat(swap.bytes(whole(overlapping))).isEqualTo(PAGE);
        assertThat(kernel.cachestats).containsExactly("1: 0-4", "1: 4-10");
    }

    @Test
    void countsWhatLiesOnBothSidesOfWhatWasCounted() {
        Mapping middle = mapping(0x10000, 2, 1);
        Mapping all = mapping(0x80000, 0, 6);
        swap.begin(List.of(middle, all));

        assertThat(swap.bytes(whole(middle))).isEqualTo(PAGE);
        assertThat(swap.bytes(whole(all))).isEqualTo(2 * PAGE);
        assertThat(kernel.cachestats).containsExactly("1: 2-3", "1: 0-2", "1: 3-6");
    }

    @Test
    void countsAPartOfAMappingByItsPlaceInTheFile() {
        Mapping mapping = mapping(0x10000, 1, 8);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(
                        new Segment(0x10000 + PAGE, 0x10000 + 6 * PAGE, Region.HEAP, Evidence.MAPPING_NAME, mapping)))
                .isEqualTo(2 * PAGE);
        assertThat(kernel.cachestats).containsExactly("1: 2-7");
    }

    @Test
    void countsAnewFromScanToScan() {
        Mapping mapping = mapping(0x10000, 0, 8);
        swap.begin(List.of(mapping));
        swap.bytes(whole(mapping));
        kernel.swappedPages.get(DESCRIPTOR).set(6);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isEqualTo(4 * PAGE);
    }

    @Test
    void asksInPieces() {
        Mapping mapping = mapping(0x10000, 0, (160 << 20) / PAGE);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isEqualTo(3 * PAGE);
        assertThat(kernel.cachestats).containsExactly("1: 0-16384", "1: 16384-32768", "1: 32768-40960");
    }

    @Test
    void tellsApartFilesOfOneName() throws IOException {
        open(OTHER_DESCRIPTOR, INODE + 1, 0);
        Mapping other = mapping(0x10000, 0, 8, INODE + 1, Backing.MEMORY, true);
        swap.begin(List.of(other));

        assertThat(swap.bytes(whole(other))).isEqualTo(PAGE);
        assertThat(kernel.cachestats).containsExactly("2: 0-8");
    }

    @Test
    void countsNothingOfAFileWhoseDescriptorIsClosed() {
        kernel.openFiles.clear();
        assertNothingIsAsked(mapping(0x10000, 0, 8));
    }

    @Test
    void countsNothingOfAFileThatIsNotInMemoryAfterAll() {
        kernel.filesInMemory.clear();
        assertNothingIsAsked(mapping(0x10000, 0, 8));
    }

    @Test
    void asksNothingAboutFilesThatHaveADiskNorAboutPrivateCopies() {
        assertNothingIsAsked(mapping(0x10000, 0, 8, INODE, Backing.FILE, true));
        assertNothingIsAsked(mapping(0x10000, 0, 8, INODE, Backing.HUGETLB, true));
        assertNothingIsAsked(mapping(0x10000, 0, 8, INODE, Backing.MEMORY, false));
    }

    @Test
    void asksNothingWhereNothingIsInSwap() throws IOException {
        put("proc/meminfo", "SwapTotal:  1000 kB\nSwapFree:  1000 kB\n");
        assertNothingIsAsked(mapping(0x10000, 0, 8));
    }

    @Test
    void asksWhereMeminfoIsHidden() throws IOException {
        Files.delete(root.resolve("proc/meminfo"));
        Mapping mapping = mapping(0x10000, 0, 8);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isEqualTo(3 * PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.9.12", "5.14.0-427.el9", "odd"})
    void asksNothingOfAKernelThatMayCrash(String release) throws IOException {
        put("proc/sys/kernel/osrelease", release + "\n");
        assertNothingIsAsked(mapping(0x10000, 0, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Seccomp:\t2\n", "Seccomp:\t1\n", "Threads:\t1\n"})
    void asksNothingWhereAFilterMayEndTheProcess(String status) throws IOException {
        put("proc/thread-self/status", status);
        assertNothingIsAsked(mapping(0x10000, 0, 8));
    }

    @Test
    void countsNothingWhereTheCallIsRefusedAndAsksOnce() {
        kernel.filter.put("cachestat", Errno.EPERM);
        Mapping mapping = mapping(0x10000, 0, 8);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isZero();
        kernel.filter.clear();
        assertThat(swap.bytes(whole(mapping(0x80000, 8, 8)))).isZero();
        assertThat(kernel.cachestats).isEmpty();
    }

    @Test
    void doesNotCountAnotherFileThatHasGotTheDescriptor() {
        kernel.afterCachestat = () -> kernel.openFiles.put(DESCRIPTOR, "/dev/shm/other");
        Mapping mapping = mapping(0x10000, 0, 8);
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isZero();
    }

    private void assertNothingIsAsked(Mapping mapping) {
        swap.begin(List.of(mapping));

        assertThat(swap.bytes(whole(mapping))).isZero();
        assertThat(kernel.cachestats).isEmpty();
    }

    private void open(int descriptor, long inode, int... swappedPages) throws IOException {
        kernel.openFiles.put(descriptor, NAME);
        kernel.filesInMemory.add(descriptor);
        put("proc/self/fdinfo/" + descriptor, "pos:\t0\nflags:\t02\nmnt_id:\t1\nino:\t" + inode + "\n");
        BitSet pages = new BitSet();
        for (int page : swappedPages) {
            pages.set(page);
        }
        kernel.swappedPages.put(descriptor, pages);
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Segment whole(Mapping mapping) {
        return new Segment(mapping.start(), mapping.end(), Region.HEAP, Evidence.MAPPING_NAME, mapping);
    }

    private static Mapping mapping(long start, long firstPage, long pages) {
        return mapping(start, firstPage, pages, INODE, Backing.MEMORY, true);
    }

    private static Mapping mapping(
            long start, long firstPage, long pages, long inode, Backing backing, boolean isShared) {
        return new Mapping(
                start, start + pages * PAGE, true, true, false, isShared, firstPage * PAGE, inode, NAME, backing);
    }
}
