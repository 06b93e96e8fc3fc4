// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.CountedFiles;
import io.memlock.memory.Backing;
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

class FileSystemsTest {

    private static final String NO_HUGE_PAGES = "HugePages_Total:       0\nHugetlb:               0 kB\n";

    @TempDir
    private Path root;

    /** Verbatim lines of JVMs: G1 with huge pages, ZGC with and without, -XX:+UseSHM with and without, files that are mapped. */
    @ParameterizedTest
    @CsvSource({
        "00:11 9     /anon_hugepage (deleted),          HUGETLB",
        "00:11 4     /memfd:java_heap.hugetlb (deleted), HUGETLB",
        "00:01 214   /memfd:java_heap (deleted),        MEMORY",
        "00:11 5     /memfd:pool (deleted),             HUGETLB",
        "00:01 5     /memfd:pool (deleted),             MEMORY",
        "00:11 7     /SYSV00000000 (deleted),           HUGETLB",
        "00:01 7     /SYSV00000000 (deleted),           MEMORY",
        "00:01 8     /dev/zero (deleted),               MEMORY",
        "00:05 8     /dev/zero (deleted),               MEMORY",
        "00:0e 8     /dev/zero (deleted),               MEMORY",
        "00:04 214   /memfd:java_heap (deleted),        MEMORY",
        "00:05 5     /memfd:pool (deleted),             MEMORY",
        "00:04 7     /SYSV00000000 (deleted),           MEMORY",
        "00:0c 5     /memfd:pool (deleted),             HUGETLB",
        "00:0c 7     /SYSV00000000 (deleted),           HUGETLB",
        "00:05 9     /dev/vfio/1,                       DRIVER",
        "00:0f 7     anon_inode:[io_uring],             DRIVER",
        "00:08 4711  socket:[4711],                     DRIVER",
        "00:0d 3     /dmabuf:frames,                    DRIVER",
        "00:15 9     /sys/bus/pci/devices/0/resource0,  DRIVER",
        "00:29 31    /dev/hugepages/pool,               HUGETLB",
        "00:28 31    /dev/hugepages1G/pool,             HUGETLB",
        "00:2c 31    /dev/hugepages/pool,               MEMORY",
        "00:26 31    /srv/huge/x,                       HUGETLB",
        "00:16 2     /dev/shm/aeron/cnc.dat,            MEMORY",
        "00:2a 2     /var/cache/volume/x,               MEMORY",
        "00:2c 3     /dev/nvidia0,                      DRIVER",
        "00:30 2     /dev/aeron/x,                      MEMORY",
        "00:31 2     /dev/volume/x,                     FILE",
        "00:2f 2     /dev/vfio/1,                       DRIVER",
        "00:05 2     /dev/outer/nvidia1,                DRIVER",
        "fe:00 3     /dev/nvidia0,                      DRIVER",
        "fe:00 4     /dev/shm/x,                        FILE",
        "fe:00 5     /dev/hugepages/x,                  FILE",
        "00:1e 9     /opt/app/lib/data.bin,             FILE",
        "00:63 9     /srv/subvolume/x,                  FILE",
        "00:63 9     /dev/hugepages/hidden,             HUGETLB",
        "fe:00 31    /srv/data/x,                       FILE",
        "fe:00 32    /SYSV,                             FILE",
        "00:00 0     ,                                  NONE"
    })
    void areToldByNameAndDevice(String deviceInodeAndPath, Backing backing) throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", deviceInodeAndPath);

        assertThat(mappings()).extracting(Mapping::backing).containsExactly(backing);
        assertThat(captured().mapsReader("7").read())
                .extracting(Mapping::backing)
                .containsExactly(backing);
        List<Mapping> inSmaps = new ArrayList<>();
        captured().smaps("7", entry -> inSmaps.add(entry.mapping()));
        assertThat(inSmaps).isEqualTo(mappings());
    }

    /** shmem_init need not be among the first to mount something. */
    @Test
    void isMemoryUnderAnyNumberWhereThereAreNoHugePages() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:08 5 /memfd:pool (deleted)");

        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
    }

    @Test
    void readsTheMountsOnlyForAFileThatNeedsIt() throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:01 5 /memfd:pool (deleted)");
        Files.delete(root.resolve("7/mountinfo"));

        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
    }

    @Test
    void knowsTheNamesWhereTheMountsAreNotKnown() throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:11 9 /anon_hugepage (deleted)");
        Files.writeString(root.resolve("7/mountinfo"), "not the kernel's\n");
        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.HUGETLB);

        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:2a 2 /var/cache/volume/x");
        Files.writeString(root.resolve("7/mountinfo"), "not the kernel's\n");
        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.FILE);
    }

    /** Not to touch what is of hugetlbfs matters more than what else may lie there. */
    @Test
    void takesSystemdsMountForHugePagesWhereTheMountsCannotBeRead() throws IOException {
        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:29 31 /dev/hugepages/pool");
        Files.delete(root.resolve("7/mountinfo"));
        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.HUGETLB);

        Files.writeString(root.resolve("7/mountinfo"), "not the kernel's\n");
        assertThat(mappings()).extracting(Mapping::backing).containsExactly(Backing.HUGETLB);
    }

    @Test
    void learnsOfWhatIsMountedLater() throws IOException {
        ProcFs proc = captured();
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:1e 9 /opt/app/lib/data.bin");
        MapsReader reader = proc.mapsReader("7");
        reader.read();
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:2b 9 /mnt/later/data.bin");
        Files.writeString(root.resolve("7/mountinfo"), "50 26 0:43 / /mnt/later rw - tmpfs tmpfs rw\n");

        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
    }

    /** As at a logout, which unmounts {@code /run/user/1000}. */
    @Test
    void forgetsAFileSystemOfWhichNothingIsMappedAnyMore() throws IOException {
        write(NO_HUGE_PAGES, "00:2a 2 /var/cache/volume/x");
        CountedFiles files = new CountedFiles();
        MapsReader reader = captured().openedBy(files).mapsReader("7");
        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
        write(NO_HUGE_PAGES, "00:2a 3 /var/cache/volume/y");
        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
        assertThat(files.count("mountinfo"))
                .as("something has been mapped all along")
                .isEqualTo(1);
        write(NO_HUGE_PAGES, "00:00 0     ");
        reader.read();
        write(NO_HUGE_PAGES, "00:2a 2 /srv/merged/x");
        Files.writeString(root.resolve("7/mountinfo"), "51 26 0:42 / /srv/merged rw - overlay overlay rw\n");

        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.FILE);
    }

    @Test
    void isNoMemoryWhereTheNextMountOfThatNumberIsHidden() throws IOException {
        write(NO_HUGE_PAGES, "00:2a 2 /var/cache/volume/x");
        MapsReader reader = captured().mapsReader("7");
        reader.read();
        write(NO_HUGE_PAGES, "00:00 0     ");
        reader.read();
        write(NO_HUGE_PAGES, "00:2a 2 /srv/merged/x");
        Files.writeString(root.resolve("7/mountinfo"), "");

        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.FILE);
    }

    /** As where the application has used up its descriptors for a moment. */
    @Test
    void learnsOfAFileSystemWhenTheMountsCanBeReadAgain() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:2a 2 /var/cache/volume/x");
        Path mounts = root.resolve("7/mountinfo");
        String text = Files.readString(mounts);
        Files.delete(mounts);
        MapsReader reader = captured().mapsReader("7");
        List<Mapping> guessed = reader.read();
        assertThat(guessed).extracting(Mapping::backing).containsExactly(Backing.FILE);
        assertThat(reader.read()).as("nothing has changed").isSameAs(guessed);

        Files.writeString(mounts, text);

        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);
    }

    @Test
    void triesOncePerReadingToReadMountsThatCannotBeRead() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:2a 2 /var/cache/volume/x");
        Files.delete(root.resolve("7/mountinfo"));
        Files.writeString(
                root.resolve("7/maps"),
                """
                100000-200000 rw-s 00000000 00:2a 5 /var/cache/volume/x
                200000-300000 rw-s 00000000 00:2b 6 /var/cache/other/x
                """);
        CountedFiles files = new CountedFiles();
        ProcFs proc = captured().openedBy(files);

        proc.mappings("7");
        assertThat(files.count("mountinfo")).isEqualTo(1);
    }

    @Test
    void asksOncePerReadingWhetherTheHostHasHugePages() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:11 5 /memfd:a (deleted)");
        String lines =
                """
                100000-200000 rw-s 00000000 00:11 5 /memfd:a (deleted)
                200000-300000 rw-s 00000000 00:11 6 /SYSV00000000 (deleted)
                """;
        Files.writeString(root.resolve("7/maps"), lines);
        Files.writeString(root.resolve("7/smaps"), lines);
        CountedFiles files = new CountedFiles();
        ProcFs proc = captured().openedBy(files);

        proc.mappings("7");
        assertThat(files.count("meminfo")).isEqualTo(1);
        proc.smaps("7", entry -> {});
        assertThat(files.count("meminfo")).isEqualTo(2);
        proc.mapsReader("7").read();
        assertThat(files.count("meminfo")).isEqualTo(3);
    }

    @Test
    void learnsOfHugePagesThatAreReservedLater() throws IOException {
        write("HugePages_Total:       0\nHugetlb:               0 kB\n", "00:11 5 /memfd:pool (deleted)");
        MapsReader reader = captured().mapsReader("7");
        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.MEMORY);

        write("HugePages_Total:     100\nHugetlb:          204800 kB\n", "00:11 6 /memfd:pool (deleted)");

        assertThat(reader.read()).extracting(Mapping::backing).containsExactly(Backing.HUGETLB);
    }

    private void write(String memInfo, String deviceInodeAndPath) throws IOException {
        Files.createDirectories(root.resolve("7"));
        Files.writeString(root.resolve("meminfo"), memInfo);
        Files.writeString(
                root.resolve("7/mountinfo"),
                """
                30 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b
                29 30 0:21 / /sys ro,nosuid,nodev,noexec - sysfs sysfs ro
                31 30 0:22 / /dev/shm rw,nosuid,nodev - tmpfs shm rw,size=65536k
                32 30 0:42 / /var/cache/volume rw,relatime - tmpfs tmpfs rw
                33 30 0:41 / /dev/hugepages rw,relatime - hugetlbfs hugetlbfs rw,pagesize=2M
                34 30 0:40 / /dev/hugepages1G rw,relatime - hugetlbfs hugetlbfs rw,pagesize=1G
                35 30 0:44 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k
                36 35 0:48 / /dev/aeron rw - tmpfs tmpfs rw
                37 35 0:49 /a /dev/volume rw - btrfs /dev/vdb rw
                38 35 0:47 /vfio/1 /dev/vfio/1 rw - tmpfs tmpfs rw
                39 35 0:5 / /dev/outer rw - devtmpfs devtmpfs rw
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
