// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.ProcFormatException;
import io.memlock.proc.Fixture;
import io.memlock.proc.MountInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupTest {

    private static final String V2_MOUNT = "30 23 0:26 %s /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
    private static final String V1_MOUNT = "35 31 0:32 %s /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

    @Test
    void readsMembershipInBothVersions() {
        CgroupMembership membership = CgroupMembership.parse(Fixture.cursor(Fixture.text("jdk17-g1/cgroup")));

        assertThat(membership.paths()).hasSize(10);
        assertThat(membership.pathV1("name=systemd")).isEqualTo("/");
        assertThat(membership.pathV1("memory")).isEqualTo("/");
        assertThat(membership.pathV1("mem")).isNull();
        assertThat(membership.pathV2()).isEqualTo("/");
    }

    @Test
    void readsJoinedControllersAndColonsInPaths() {
        CgroupMembership membership = CgroupMembership.parse(Fixture.cursor("4:cpu,memory:/a:b c\n"));

        assertThat(membership.pathV1("memory")).isEqualTo("/a:b c");
        assertThat(membership.pathV2()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "1:memory", "1:memory:relative", "\n"})
    void refusesAMalformedMembership(String text) {
        assertThatThrownBy(() -> CgroupMembership.parse(Fixture.cursor(text))).isInstanceOf(ProcFormatException.class);
    }

    @ParameterizedTest
    @CsvSource({
        // root of the mount, path of the cgroup, what is left below the mount point; nothing where it is not shown
        // there
        "/,           /,                     ''",
        "/,           /system.slice/a.service, /system.slice/a.service",
        "/docker/abc, /docker/abc,           ''",
        "/docker/abc, /docker/abc/inner,     /inner",
        "/docker/abc, /docker/abcdef,",
        "/docker/abc, /kubepods/pod1,",
        "/../..,      /,",
        "/,           /..,",
        "/,           /../neighbour,",
        "/..,         /../neighbour,         /neighbour",
        "/..,         /../..,",
        "/..,         /../../neighbour,",
        "/../..,      /../..,                ''",
        "/../..,      /../../neighbour,      /neighbour",
    })
    void locatesTheCgroupBelowItsMount(String root, String path, String below) {
        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor("0::" + path + "\n")),
                        MountInfo.parse(Fixture.cursor(V2_MOUNT.replace("%s", root)))))
                .isEqualTo(new CgroupMount(2, "/sys/fs/cgroup", below));
        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor("4:memory:" + path + "\n0::/\n")),
                        MountInfo.parse(Fixture.cursor(V2_MOUNT.replace("%s", "/") + V1_MOUNT.replace("%s", root)))))
                .isEqualTo(new CgroupMount(1, "/sys/fs/cgroup/memory", below));
    }

    @Test
    void takesTheMountThatShowsTheCgroup() {
        String mounts = V2_MOUNT.replace("%s", "/docker/doctor")
                + V2_MOUNT.replace("%s", "/").replace("/sys/fs/cgroup", "/host/cgroup");

        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor("0::/docker/jvm\n")),
                        MountInfo.parse(Fixture.cursor(mounts))))
                .isEqualTo(new CgroupMount(2, "/host/cgroup", "/docker/jvm"));
    }

    /** The mount was made before the namespace, and shows two cgroups above it. Which of those in it is ours has no name. */
    @Test
    void doesNotFindTheOwnCgroupInAMountOfTheNamespaceAbove() {
        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor(Fixture.text("jdk17-g1/cgroup"))),
                        MountInfo.parse(Fixture.cursor(Fixture.text("jdk17-g1/mountinfo")))))
                .isEqualTo(new CgroupMount(1, "/sys/fs/cgroup/memory", null));
    }

    /** The memory controller is in the hierarchy that is hidden, whatever else can be seen. */
    @Test
    void locatesNothingInVersion2WhereTheMemoryControllerIsInVersion1() {
        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor("4:memory:/a\n0::/a\n")),
                        MountInfo.parse(Fixture.cursor(V2_MOUNT.replace("%s", "/")))))
                .isNull();
    }

    @Test
    void locatesNothingWhereNoMemoryHierarchyIsMounted() {
        assertThat(CgroupMount.locate(
                        CgroupMembership.parse(Fixture.cursor("0::/a\n")), MountInfo.parse(Fixture.cursor(""))))
                .isNull();
    }

    @Test
    void readsV2() {
        CgroupLevel level = level(
                2,
                Map.of(
                        "memory.max", "1073741824\n",
                        "memory.high", "max\n",
                        "memory.current", "536870912\n",
                        "memory.swap.max", "0\n"));

        assertThat(numbers(level)).containsExactly(1 << 30, -1, 1 << 29, 0);
    }

    @Test
    void takesARootCgroupForUnlimited() {
        assertThat(numbers(level(2, Map.of()))).containsExactly(-1, -1, -1, -1);
    }

    @Test
    void readsV1() {
        CgroupLevel level = level(
                1,
                Map.of(
                        "memory.limit_in_bytes", "524288000\n",
                        "memory.usage_in_bytes", "1000000\n",
                        "memory.memsw.limit_in_bytes", "524288000\n",
                        "memory.stat",
                                "cache 1\nhierarchical_memory_limit 1048576000\nhierarchical_memsw_limit 1\ntotal_cache 2\n"));

        assertThat(numbers(level)).containsExactly(524288000, -1, 1000000, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854771712", "9223372036854710272", "9223372036854775807"})
    void takesTheLargestNumberOfV1ForUnlimited(String largest) {
        CgroupLevel level = level(
                1,
                Map.of(
                        "memory.limit_in_bytes", largest + "\n",
                        "memory.memsw.limit_in_bytes", largest + "\n",
                        "memory.stat", "hierarchical_memory_limit " + largest + "\n"));

        assertThat(level.limitBytes()).isEqualTo(-1);
        assertThat(level.swapLimitBytes()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "12 kB", "-1", "maximum"})
    void refusesAMalformedLimit(String text) {
        assertThatThrownBy(level(2, Map.of("memory.max", text))::limitBytes)
                .isInstanceOf(ProcFormatException.class)
                .hasMessageStartingWith("memory.max, ");
    }

    @Test
    void appliesTheTightestOfAllLevels() {
        CgroupHierarchy hierarchy = new CgroupHierarchy(
                "/a/b/c",
                List.of(
                        level("max", "900", "100", "max"),
                        level("1000", "950", "300", "70"),
                        level("5000", "max", "4990", "50")));

        assertThat(hierarchy.limitBytes()).isEqualTo(1000);
        assertThat(hierarchy.highBytes()).isEqualTo(900);
        assertThat(hierarchy.swapLimitBytes()).isEqualTo(50);
        assertThat(hierarchy.headroomBytes()).isEqualTo(10);
    }

    /** Beyond memory.high each thread that allocates is made to wait: prefault would delay main for hours. */
    @Test
    void headroomEndsAtMemoryHigh() {
        assertThat(headroom(level("1000", "900", "850", "max"))).isEqualTo(50);
        assertThat(headroom(level("max", "900", "950", "max"))).isZero();
        assertThat(headroom(level("900", "1000", "850", "max"))).isEqualTo(50);
        assertThat(headroom(level("5000", "max", "850", "max"), level("max", "900", "870", "max")))
                .isEqualTo(30);
    }

    private static long headroom(CgroupLevel... levels) {
        return new CgroupHierarchy("/", List.of(levels)).headroomBytes();
    }

    @Test
    void appliesLimitsThatAV1ContainerCannotSee() {
        CgroupLevel level = level(
                1,
                Map.of(
                        "memory.limit_in_bytes", "2000\n",
                        "memory.usage_in_bytes", "100\n",
                        "memory.memsw.limit_in_bytes", "2100\n",
                        "memory.stat", "hierarchical_memory_limit 1500\nhierarchical_memsw_limit 1600\n"));
        CgroupHierarchy hierarchy = new CgroupHierarchy("/", List.of(level));

        assertThat(hierarchy.limitBytes()).isEqualTo(1500);
        assertThat(hierarchy.headroomBytes()).isEqualTo(1400);
        assertThat(level.swapLimitBytes()).isEqualTo(100);
    }

    /** As docker run -m 4g --memory-swap 4g: what is swapped out stays below the limit of both. */
    @Test
    void oneLimitForMemoryAndForBothDoesNotForbidSwapInVersion1() {
        CgroupHierarchy same = new CgroupHierarchy("/", List.of(v1("1500"), v1("1400")));
        CgroupHierarchy more = new CgroupHierarchy("/", List.of(v1("1600")));

        assertThat(same.swapLimitBytes()).isEqualTo(-1);
        assertThat(same.isSwapOfNoUseForOwnLimit()).isTrue();
        assertThat(more.isSwapOfNoUseForOwnLimit()).isFalse();
        assertThat(new CgroupHierarchy("/", List.of(level("1500", "max", "100", "0"))).isSwapOfNoUseForOwnLimit())
                .isFalse();
    }

    private static CgroupLevel v1(String both) {
        return level(1, Map.of("memory.limit_in_bytes", "1500\n", "memory.memsw.limit_in_bytes", both + "\n"));
    }

    @Test
    void hasNoLimitWithoutLevels() {
        CgroupHierarchy hierarchy = new CgroupHierarchy(null, List.of());

        assertThat(hierarchy.limitBytes()).isEqualTo(-1);
        assertThat(hierarchy.headroomBytes()).isEqualTo(-1);
    }

    private static long[] numbers(CgroupLevel level) {
        return new long[] {level.limitBytes(), level.highBytes(), level.usageBytes(), level.swapLimitBytes()};
    }

    private static CgroupLevel level(String max, String high, String current, String swapMax) {
        return level(
                2,
                Map.of("memory.max", max, "memory.high", high, "memory.current", current, "memory.swap.max", swapMax));
    }

    private static CgroupLevel level(int version, Map<String, String> texts) {
        return new CgroupLevel(version, "/cg", texts::get);
    }
}
