// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.files.Cursor;
import io.memlock.proc.MemInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What counts as swap that is left: of a level, and of the process. */
class OomMarginTest {

    private static final long MIB = 1 << 20;

    private static final MemInfo HOST = MemInfo.parse(
            new Cursor(
                    "meminfo",
                    """
            MemTotal:       4096 kB
            MemAvailable:   2048 kB
            Active(anon):    512 kB
            Inactive(anon):  512 kB
            SwapFree:       1024 kB
            """));

    private static List<OomMargin> margins(CgroupLevel... levels) {
        return new CgroupHierarchy("/", List.of(levels)).oomMargins(HOST, 0);
    }

    @Test
    void swapThatTheProcessMayNotUseIsNotItsOwn() {
        assertThat(margins(level2("2000", "0", "0"), level2("9000", "800", "100")))
                .extracting(OomMargin::swapLeftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(0, 0), bytes(700, 0), bytes(MIB, 0));
    }

    @Test
    void eachLevelHasAtMostTheSwapOfThoseAbove() {
        assertThat(margins(level2("2000", "max", "50"), level2("max", "800", "100"), level2("9000", "900", "600")))
                .extracting(OomMargin::swapLeftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(300, 300), bytes(300, 300), bytes(MIB, 300));
    }

    @Test
    void aLimitOfSwapBelowItsUsageLeavesNone() {
        assertThat(margins(level2("2000", "100", "300")).get(0).swapLeftBytes()).isZero();
    }

    @Test
    void swapThatIsNotLimitedIsTheHosts() {
        assertThat(margins(level2("2000", "max", "0")))
                .extracting(OomMargin::swapLeftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(MIB, MIB), bytes(MIB, MIB));
    }

    /** As with /proc mounted subset=pid, which is ProcSubset=pid of systemd. */
    @Test
    void whereTheHostsSwapIsHiddenThereMayBeSome() {
        CgroupLevel level = level2("2000", "max", "0");

        List<OomMargin> margins = new CgroupHierarchy("/", List.of(level)).oomMargins(MemInfo.UNKNOWN, 0);

        assertThat(margins)
                .extracting(OomMargin::leftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(1700, RoomSource.UNBOUNDED));
        assertThat(margins.get(0).describe()).endsWith("and nothing tells how much room swap has");
        assertThat(new CgroupHierarchy("/", List.of(level2("2000", "0", "0")))
                        .oomMargins(MemInfo.UNKNOWN, 0)
                        .get(0)
                        .ownSwapLeftBytes())
                .isZero();
    }

    /** Beyond memory.high the kernel stops the process again and again, which is as bad as the OOM killer. */
    @Test
    void theLimitIsMemoryHighWhereItIsTheTighterOne() {
        assertThat(margins(level2("2000", "max", "0", "800"), level2("900", "max", "0", "max")))
                .extracting(OomMargin::freeBytes, OomMargin::limitBytes)
                .containsExactly(bytes(300, 800), bytes(400, 900), bytes(2 * MIB, 4 * MIB));
    }

    /** As with docker -m 4g --memory-swap 4g. When the host is short of memory, the kernel swaps it out all the same. */
    @Test
    void freeMemoryIsNoSwapWhereVersion1LimitsBothTogether() {
        assertThat(margins(level1("1000", "400", "1000", "400")))
                .extracting(OomMargin::leftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(600, 0), bytes(3 * MIB, MIB));
    }

    @Test
    void swapAddsWhatVersion1AllowsBeyondTheLimitOfMemory() {
        assertThat(margins(level1("1000", "950", "1500", "1250")).get(0).swapLeftBytes())
                .isEqualTo(200);
    }

    @Test
    void aLevelOfVersion1WithoutSwapDoesNotTakeThatOfTheLevelAbove() {
        assertThat(margins(level1("1000", "400", "1000", "400"), level1("2000", "1900", "2500", "1900")))
                .extracting(OomMargin::swapLeftBytes)
                .containsExactly(0L, 500L, MIB);
    }

    @Test
    void appliesTheLimitOfMemoryAndSwapThatAVersion1ContainerCannotSee() {
        CgroupLevel level = level1(
                "9223372036854771712",
                "400",
                "9223372036854771712",
                "400",
                "hierarchical_memory_limit 1000\nhierarchical_memsw_limit 1000\n");

        assertThat(margins(level).get(0).swapLeftBytes()).isZero();
        assertThat(level.swapLimitBytes()).isZero();
    }

    /** The kernel swaps nothing out for a limit then, but does when the host is short of memory. */
    @Test
    void withASwappinessOfZeroOnlyTheHostHasSwap() {
        assertThat(margins(
                        withSwappiness("0\n", level1("1000", "900", "9000", "900")),
                        withSwappiness("60\n", level1("2000", "900", "9000", "900"))))
                .extracting(OomMargin::swapLeftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(0, 0), bytes(0, 0), bytes(MIB, MIB));
        assertThat(margins(withSwappiness("0\n", level2("2000", "max", "0"))))
                .extracting(OomMargin::swapLeftBytes, OomMargin::ownSwapLeftBytes)
                .containsExactly(bytes(0, 0), bytes(MIB, MIB));
    }

    @Test
    void theSwappinessOfTheOwnCgroupCounts() {
        assertThat(margins(
                        withSwappiness("1\n", level2("2000", "max", "0")),
                        withSwappiness("0\n", level2("9000", "max", "0"))))
                .extracting(OomMargin::ownSwapLeftBytes)
                .containsOnly(MIB);
    }

    private static CgroupLevel withSwappiness(String swappiness, CgroupLevel level) {
        return new CgroupLevel(
                level.version(),
                level.directory(),
                name -> name.equals("memory.swappiness")
                        ? swappiness
                        : level.files().text(name));
    }

    /** With swapaccount=0 the kernel has no such files. */
    @Test
    void swapIsTheHostsWhereVersion1DoesNotCountIt() {
        CgroupLevel level = new CgroupLevel(
                1, "/cg", Map.of("memory.limit_in_bytes", "1000\n", "memory.usage_in_bytes", "900\n")::get);

        assertThat(margins(level).get(0).swapLeftBytes()).isEqualTo(MIB);
    }

    /** To read memory.stat costs the kernel most: the limits, what is reclaimable and what is swappable all stand there. */
    @Test
    void eachFileIsReadOnce() {
        CgroupLevel level = level1("1000", "950", "1500", "1250");
        List<String> read = new ArrayList<>();
        CgroupLevel counted = new CgroupLevel(1, "/cg", name -> {
            read.add(name);
            return level.files().text(name);
        });

        assertThat(margins(counted)).isEqualTo(margins(level));
        assertThat(read).contains("memory.stat").doesNotHaveDuplicates();
    }

    private static Tuple bytes(long first, long second) {
        return Tuple.tuple(first, second);
    }

    private static CgroupLevel level2(String max, String swapMax, String swapCurrent) {
        return level2(max, swapMax, swapCurrent, "max");
    }

    private static CgroupLevel level2(String max, String swapMax, String swapCurrent, String high) {
        Map<String, String> texts = Map.of(
                "memory.max", max,
                "memory.high", high,
                "memory.current", "500",
                "memory.stat", "inactive_anon 100\nactive_anon 100\n",
                "memory.swap.max", swapMax,
                "memory.swap.current", swapCurrent);
        return new CgroupLevel(2, "/cg", texts::get);
    }

    private static CgroupLevel level1(String limit, String usage, String bothLimit, String bothUsage) {
        return level1(limit, usage, bothLimit, bothUsage, "");
    }

    private static CgroupLevel level1(
            String limit, String usage, String bothLimit, String bothUsage, String hierarchicalLimits) {
        Map<String, String> texts = Map.of(
                "memory.limit_in_bytes", limit,
                "memory.usage_in_bytes", usage,
                "memory.memsw.limit_in_bytes", bothLimit,
                "memory.memsw.usage_in_bytes", bothUsage,
                "memory.stat", hierarchicalLimits + "total_inactive_anon 100\ntotal_active_anon 300\n");
        return new CgroupLevel(1, "/cg", texts::get);
    }
}
