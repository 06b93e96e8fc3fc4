// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutgrowWarningTest {

    private static final long GIB = 1 << 30;
    private static final long MIB = 1 << 20;

    /** A small JVM: {@code libs} and {@code code} are mostly not resident, a large file of the application is. */
    private static final RegionReport SMALL = report(Map.of(
            Region.HEAP, new Size(128 * MIB, 30 * MIB),
            Region.CODE, new Size(242 * MIB, 8 * MIB),
            Region.LIBS, new Size(149 * MIB, 4 * MIB),
            Region.NATIVE, new Size(64 * MIB, 20 * MIB),
            Region.MAPPED, new Size(1000 * MIB, 500 * MIB)));

    @Test
    void warnsOfTheTighterOfTheTwo() {
        assertThat(new OutgrowWarning(3 * GIB, GIB, 0, 3 * GIB, -1, 8 * GIB, false, false).text())
                .contains("can grow to 4.0 GiB (the heap to 3.0 GiB; 1.0 GiB of the other selected regions")
                .contains("the memory cgroup allows 3.0 GiB");
        assertThat(new OutgrowWarning(9 * GIB, 0, 0, -1, -1, 8 * GIB, false, false).text())
                .contains("the host has 8.0 GiB");
    }

    @Test
    void saysWhatHappensThen() {
        assertThat(new OutgrowWarning(9 * GIB, 0, 0, -1, -1, 8 * GIB, false, false).text())
                .endsWith(": locked memory cannot be reclaimed, so the OOM killer would end this JVM; lower -Xmx or add"
                        + " memory");
        assertThat(new OutgrowWarning(9 * GIB, 0, 0, -1, -1, 8 * GIB, true, false).text())
                .contains("so the agent will unlock all of it before the OOM killer ends this JVM; lower -Xmx");
    }

    /** Then the kernel swaps for the host only. */
    @Test
    void swapDoesNotSaveACgroupWithASwappinessOfZero() {
        assertThat(new OutgrowWarning(9 * GIB, 0, 0, 4 * GIB, -1, 8 * GIB, true, true).text())
                .contains("so the OOM killer would end this JVM: the kernel swaps nothing out when the cgroup");
        assertThat(new OutgrowWarning(9 * GIB, 0, 0, -1, -1, 8 * GIB, true, true).text())
                .contains("so the agent will unlock all of it");
    }

    /** As of a unit with MemoryHigh= and no MemoryMax=. */
    @Test
    void warnsOfMemoryHigh() {
        assertThat(new OutgrowWarning(2 * GIB, 0, 0, -1, GIB, 8 * GIB, true, false).text())
                .contains("but memory.high is 1.0 GiB: above it the kernel slows the JVM down")
                .contains("so the agent will unlock all of it before; lower -Xmx or raise memory.high");
        assertThat(new OutgrowWarning(2 * GIB, 0, 0, 4 * GIB, GIB, 8 * GIB, false, false).text())
                .contains("reclaim locked memory; lower -Xmx");
        assertThat(new OutgrowWarning(2 * GIB, 0, 0, GIB + 1, GIB, 8 * GIB, true, false).text())
                .contains("the memory cgroup allows 1.0 GiB");
        assertThat(new OutgrowWarning(GIB, 0, 0, -1, GIB, 8 * GIB, true, false).text())
                .isNull();
    }

    @Test
    void saysNothingWhereThereIsRoom() {
        assertThat(new OutgrowWarning(3 * GIB, GIB, 0, 4 * GIB, -1, 8 * GIB, false, false).text())
                .isNull();
        assertThat(new OutgrowWarning(4 * GIB, 0, 0, -1, -1, 8 * GIB, false, false).text())
                .isNull();
    }

    @Test
    void whatIsNotKnownIsNoReasonToWarn() {
        assertThat(new OutgrowWarning(1 << 30, 0, 0, -1, -1, -1, false, false).text())
                .isNull();
        assertThat(new OutgrowWarning(1 << 30, 0, 0, 1 << 20, -1, -1, false, false).text())
                .contains("the memory cgroup allows 1.0 MiB");
    }

    @Test
    void aSmallJvmThatFitsIntoASmallContainerIsNotWarned() throws Exception {
        assertThat(warning("mode=all", 160 * MIB)).isNull();
        assertThat(warning("mode=all", 160 * MIB - 1))
                .contains("can grow to 160.0 MiB (the heap to 128.0 MiB; 32.0 MiB of the other selected regions");
    }

    @Test
    void filesOfTheApplicationCountWhereTheyAreSelected() throws Exception {
        assertThat(warning("mode=all,exclude=nothing", 660 * MIB)).isNull();
        assertThat(warning("mode=all,exclude=nothing", 659 * MIB)).contains("532.0 MiB of the other selected regions");
    }

    @Test
    void filesThatWereChosenByNameCountAsTheyAreMapped() throws Exception {
        assertThat(warning("mode=all,mapped=/data/**", 560 * MIB)).isNull();
        assertThat(warning("mode=all,mapped=/data/**", 559 * MIB))
                .contains(
                        "can grow to 560.0 MiB (the heap to 128.0 MiB, the files of mapped=... to 400.0 MiB; 32.0 MiB");
    }

    @Test
    void onlyWhatIsSelectedCounts() throws Exception {
        assertThat(warning("mode=code", 8 * MIB)).isNull();
        assertThat(warning("mode=heap", 128 * MIB)).isNull();
        assertThat(warning("mode=heap", 128 * MIB - 1)).contains("; 0 B of the other selected regions");
    }

    @Test
    void aHeapInHugePagesOfHugetlbfsDoesNotCount() throws Exception {
        assertThat(warning("mode=all", 32 * MIB, 0)).isNull();
        assertThat(warning("mode=all", 32 * MIB - 1, 0)).contains("can grow to 32.0 MiB (the heap to 0 B;");
    }

    private static String warning(String options, long cgroupBytes) throws Exception {
        return warning(options, cgroupBytes, 128 * MIB);
    }

    private static String warning(String options, long cgroupBytes, long largestHeapBytes) throws Exception {
        FakeKernel kernel = new FakeKernel();
        kernel.commit(Region.HEAP, 0x1000_0000L, MIB);
        MemoryLock lock = new FakeProcess(kernel).newLock();
        lock.start(OptionParser.parse(options));
        return OutgrowWarning.of(SMALL, lock.status(), largestHeapBytes, cgroupBytes, -1, 64 * GIB, false, false)
                .text();
    }

    private record Size(long reserved, long resident) {}

    private static RegionReport report(Map<Region, Size> sizes) {
        List<RegionUsage> usages = new ArrayList<>();
        for (Region region : Region.values()) {
            Size size = sizes.getOrDefault(region, new Size(0, 0));
            usages.add(new RegionUsage(region, 1, size.reserved(), size.reserved(), size.resident(), 0, 0));
        }
        RegionUsage chosen = new RegionUsage(Region.MAPPED, 1, 400 * MIB, 400 * MIB, 100 * MIB, 0, 0);
        return new RegionReport(usages, List.of(PathGlob.of("/data/**")), chosen, 0, 0);
    }
}
