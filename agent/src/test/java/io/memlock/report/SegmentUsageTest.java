// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.Region;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentUsageTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    /** Of each view the kernel counts all huge pages, unlike small ones, whose proportional set size it divides. */
    @Test
    void countsTheHugePagesOfZgcsHeapOnce() throws IOException {
        RegionUsage heap = heap(view(0x20_0000, 0) + view(0x40_0000, 0) + view(0x60_0000, 0));

        assertThat(heap.residentBytes()).isEqualTo(2 * MIB);
        assertThat(heap.lockedBytes()).isEqualTo(2 * MIB);
    }

    @Test
    void countsTheHugePagesOfEachPartOfAFile() throws IOException {
        assertThat(heap(view(0x20_0000, 0) + view(0x40_0000, 0x20_0000)).residentBytes())
                .isEqualTo(4 * MIB);
    }

    private RegionUsage heap(String smaps) throws IOException {
        Path self = Files.createDirectories(directory.resolve("self"));
        Files.writeString(self.resolve("smaps"), smaps);
        JvmLayout layout = JvmLayout.of(new ProcFs(), ProcFs.SELF);
        ProcFs proc = new ProcFs(directory.toFile(), directory.toFile());
        return SmapsScan.of(proc, ProcFs.SELF, layout, List.of()).total(List.of(Region.HEAP));
    }

    private static String view(long start, long offset) {
        return """
                %08x-%08x rw-s %08x 00:0f 7                          /memfd:java_heap.hugetlb (deleted)
                Pss:                   0 kB
                Shared_Hugetlb:     2048 kB
                Locked:                0 kB
                VmFlags: rd wr sh mr mw me ms de ht
                """
                .formatted(start, start + 2 * MIB, offset);
    }
}
