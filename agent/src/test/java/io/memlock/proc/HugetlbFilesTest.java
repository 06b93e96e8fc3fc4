// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HugetlbFilesTest {

    @TempDir
    private Path root;

    /** Verbatim lines of JVMs: G1 with huge pages, ZGC with and without, -XX:+UseSHM with and without, a file that is mapped. */
    @ParameterizedTest
    @CsvSource({
        "00:11 9     /anon_hugepage (deleted),          true",
        "00:11 4     /memfd:java_heap.hugetlb (deleted), true",
        "00:01 214   /memfd:java_heap (deleted),        false",
        "00:11 5     /memfd:pool (deleted),             true",
        "00:01 5     /memfd:pool (deleted),             false",
        "00:11 7     /SYSV00000000 (deleted),           true",
        "00:01 7     /SYSV00000000 (deleted),           false",
        "00:26 31    /srv/huge/x,                       true",
        "fe:00 31    /srv/data/x,                       false",
        "00:00 0     ,                                  false"
    })
    void areToldByNameAndDevice(String deviceInodeAndPath, boolean isHugetlb) throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", deviceInodeAndPath);

        assertThat(mappings()).extracting(Mapping::isHugetlb).containsExactly(isHugetlb);
        assertThat(captured().mapsReader("7").read())
                .extracting(Mapping::isHugetlb)
                .containsExactly(isHugetlb);
        List<Mapping> inSmaps = new ArrayList<>();
        captured().smaps("7", entry -> inSmaps.add(entry.mapping()));
        assertThat(inSmaps).isEqualTo(mappings());
    }

    @Test
    void areNotLookedForWhereThereAreNone() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:26 31 /srv/huge/x");
        Files.delete(root.resolve("self/mountinfo"));

        assertThat(mappings()).extracting(Mapping::isHugetlb).containsExactly(false);
    }

    @Test
    void areToldByNameWhereTheMountsAreNotKnown() throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:11 9 /anon_hugepage (deleted)");
        Files.writeString(root.resolve("self/mountinfo"), "not the kernel's\n");

        assertThat(mappings()).extracting(Mapping::isHugetlb).containsExactly(true);
    }

    private void write(String memInfo, String deviceInodeAndPath) throws IOException {
        Files.createDirectories(root.resolve("7"));
        Files.createDirectories(root.resolve("self"));
        Files.writeString(root.resolve("meminfo"), memInfo);
        Files.writeString(
                root.resolve("self/mountinfo"),
                """
                41 26 0:38 / /srv/huge rw,relatime - hugetlbfs none rw,pagesize=2M
                42 26 254:0 / /srv/data rw,relatime - ext4 /dev/vda rw
                """);
        String line = "f8000000-100000000 rw-s 00000000 " + deviceInodeAndPath + "\n";
        Files.writeString(root.resolve("7/maps"), line);
        Files.writeString(root.resolve("7/smaps"), line + "Size:             131072 kB\n");
    }

    private List<Mapping> mappings() throws IOException {
        return captured().mappings("7");
    }

    private ProcFs captured() {
        return new ProcFs(root.toFile(), root.toFile());
    }
}
