// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryNeedTest {

    @Test
    void countsOnlyWhatIsSelected() {
        MemoryNeed need = MemoryNeed.of(new ExaminedJvmBuilder().build(), Selection.of(List.of(Region.CODE)));

        assertThat(need.nowBytes()).isEqualTo(2 * MIB);
        assertThat(need.atMostBytes()).isEqualTo(2 * MIB);
        assertThat(need.describe())
                .isEqualTo("code 2.0 MiB; code counts with its size now, because a JVM rarely fills its reserved code"
                        + " cache");
        assertThat(need.grownBytes()).as("a limit holds all that is reserved").isGreaterThan(240 * MIB);
    }

    /** A JDK maps 149 MiB of libraries and classes, and touches 4 of them. */
    @Test
    void ofFilesOnlyWhatIsResidentCounts() {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder()
                .segment(Region.LIBS, 0x1_0000_0000L, 146 * MIB, "r", "/jdk/lib/modules")
                .status("RssFile:.*", "RssFile:\t4096 kB");

        assertThat(atMost(examined, Region.LIBS)).isEqualTo(4 * MIB);
        assertThat(MemoryNeed.of(examined.build(), Selection.of(List.of(Region.LIBS)))
                        .nowBytes())
                .as("under a limit all of it is charged")
                .isEqualTo(149 * MIB);
    }

    /** What is read of them stays in RAM from then on. */
    @Test
    void dataFilesAndSharedMemoryCountWithAllThatIsMapped() throws Exception {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder()
                .segment(Region.MAPPED, 0x1_0000_0000L, 900 * MIB, "r", "/data/big")
                .segment(Region.SHM, 0x2_0000_0000L, 600 * MIB, "rw", "/dev/shm/ring")
                .status("RssFile:.*", "RssFile:\t4096 kB")
                .status("RssShmem:.*", "RssShmem:\t8 kB");
        Selection chosen = Selection.of(List.of()).withFiles(List.of(PathGlob.of("/data/**")));

        assertThat(MemoryNeed.of(examined.build(), chosen).atMostBytes()).isEqualTo(900 * MIB);
        assertThat(atMost(examined, Region.MAPPED)).isEqualTo(900 * MIB);
        assertThat(atMost(examined, Region.SHM)).isEqualTo(600 * MIB);
    }

    @Test
    void whereTheKernelDoesNotTellAllOfTheFilesCounts() {
        assertThat(atMost(new ExaminedJvmBuilder().status("RssFile:.*\n", ""), Region.LIBS))
                .isEqualTo(3 * MIB);
    }

    @Test
    void theAgentsThreadsHaveStacksOfTheJvmsSize() {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder().options("-Xss4m");

        assertThat(MemoryNeed.of(examined.build(), Selection.of(List.of(Region.STACKS)))
                        .agentBytes())
                .isEqualTo(8 * MIB);
        assertThat(MemoryNeed.of(examined.build(), Selection.of(List.of(Region.HEAP, Region.CODE)))
                        .agentBytes())
                .isZero();
        assertThat(MemoryNeed.of(examined.withAgent().build(), Selection.of(List.of(Region.STACKS)))
                        .agentBytes())
                .isZero();
    }

    @Test
    void theHeapMayGrowToItsLimit() {
        assertThat(atMost(new ExaminedJvmBuilder().heapMax(100 * MIB), Region.HEAP))
                .isEqualTo(100 * MIB);
        assertThat(atMost(new ExaminedJvmBuilder().heapMax(-1), Region.HEAP))
                .as("unknown: what is committed now")
                .isEqualTo(4 * MIB);
    }

    /** They are locked as they are, and no limit counts them. */
    @Test
    void aHeapInHugePagesOfHugetlbfsNeedsNothing() {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder().hugetlbHeap(128 * MIB);

        MemoryNeed need = MemoryNeed.of(examined.build(), Selection.of(List.of(Region.HEAP)));
        assertThat(need.chargedBytes()).isZero();
        assertThat(need.atMostBytes()).isZero();
        assertThat(need.grownBytes()).isZero();
        assertThat(MemoryNeed.of(examined.build(), Selection.of(List.of(Region.HEAP, Region.CODE)))
                        .grownBytes())
                .isEqualTo(MemoryNeed.of(examined.build(), Selection.of(List.of(Region.CODE)))
                        .grownBytes())
                .isGreaterThan(240 * MIB);
        assertThat(need.describe()).isEqualTo("beside 128.0 MiB in huge pages of hugetlbfs, never swapped");
        assertThat(describe(examined, Region.HEAP, Region.METASPACE))
                .startsWith("metaspace 1.0 MiB; ")
                .endsWith("; beside 128.0 MiB in huge pages of hugetlbfs, never swapped");
    }

    @Test
    void metaspaceHasALimitOrNone() {
        ExaminedJvmBuilder limited = new ExaminedJvmBuilder().options("-XX:MaxMetaspaceSize=32m");

        assertThat(atMost(limited, Region.METASPACE)).isEqualTo(32 * MIB);
        assertThat(atMost(new ExaminedJvmBuilder(), Region.METASPACE)).isEqualTo(MIB);
        assertThat(describe(limited, Region.METASPACE)).isEqualTo("metaspace 32.0 MiB");
        assertThat(describe(new ExaminedJvmBuilder(), Region.METASPACE))
                .isEqualTo("metaspace 1.0 MiB; metaspace as now, nothing limits it");
        assertThat(describe(new ExaminedJvmBuilder(), Region.METASPACE, Region.NATIVE))
                .isEqualTo("metaspace 1.0 MiB, native 1.0 MiB; metaspace and native as now, nothing limits them");
    }

    @ParameterizedTest
    @CsvSource({
        "-Dx=y, 20971520",
        "-Xss512k, 10485760",
        "-XX:ThreadStackSize=512, 10485760",
        "-XX:ThreadStackSize=0, 20971520",
        "-Xss2M, 41943040"
    })
    void stacksAreAsManyAsThreads(String option, long bytes) {
        assertThat(atMost(new ExaminedJvmBuilder().options(option), Region.STACKS))
                .isEqualTo(bytes);
    }

    @Test
    void stacksOfOtherThreadsMayBeLarger() {
        ExaminedJvmBuilder large = new ExaminedJvmBuilder().segment(Region.STACKS, 0x1_0000_0000L, 100 * MIB, "rw", "");

        assertThat(atMost(large, Region.STACKS)).isEqualTo(100 * MIB);
    }

    @Test
    void regionsWithoutALimitOfTheirOwnCountAsTheyAre() {
        assertThat(atMost(new ExaminedJvmBuilder(), Region.LIBS)).isEqualTo(3 * MIB);
        assertThat(atMost(new ExaminedJvmBuilder(), Region.MAPPED)).isZero();
    }

    private static String describe(ExaminedJvmBuilder examined, Region... regions) {
        return MemoryNeed.of(examined.build(), Selection.of(List.of(regions))).describe();
    }

    @Test
    void ofMappedFilesThoseThatWereChosenCount() throws Exception {
        ExaminedJvmBuilder examined = new ExaminedJvmBuilder()
                .segment(Region.MAPPED, 0x1_0000_0000L, 10 * MIB, "r", "/data/hot/a")
                .segment(Region.MAPPED, 0x2_0000_0000L, 30 * MIB, "r", "/data/cold/a")
                .lockedByOthers(0x2_0000_0000L, 30 * MIB);
        Selection hot = Selection.of(List.of(Region.CODE)).withFiles(List.of(PathGlob.of("/data/hot/**")));

        MemoryNeed need = MemoryNeed.of(examined.build(), hot);
        assertThat(need.nowBytes()).isEqualTo(12 * MIB);
        assertThat(need.chargedElsewhereBytes()).isEqualTo(30 * MIB);
    }

    private static long atMost(ExaminedJvmBuilder examined, Region region) {
        return MemoryNeed.of(examined.build(), Selection.of(List.of(region))).atMostBytes();
    }
}
