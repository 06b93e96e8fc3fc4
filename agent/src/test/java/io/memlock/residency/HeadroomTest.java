// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.CgroupLevel;
import io.memlock.files.Cursor;
import io.memlock.proc.MemInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tighter of the host and the memory cgroup counts, and is named. */
class HeadroomTest {

    private static final long MIB = 1 << 20;
    private static final String HOST_WITH_A_MEBIBYTE = "MemAvailable:       1024 kB\n";

    private static final CgroupHierarchy UNLIMITED = new CgroupHierarchy("/", List.of());

    private static Headroom headroom(String meminfo, CgroupHierarchy cgroup) {
        return Headroom.of(MemInfo.parse(new Cursor("meminfo", meminfo)), cgroup);
    }

    private static CgroupHierarchy cgroup(long limitBytes) {
        Map<String, String> texts = Map.of("memory.max", limitBytes + "\n", "memory.current", "0\n");
        return new CgroupHierarchy("/", List.of(new CgroupLevel(2, "/cg", texts::get)));
    }

    @Test
    void isTheHostsWhereThatHasLessThanTheCgroupAllows() {
        assertThat(headroom(HOST_WITH_A_MEBIBYTE, cgroup(100 * MIB))).isEqualTo(new Headroom(MIB, "the host"));
    }

    @Test
    void isTheCgroupsWhereThatAllowsLessThanTheHostHas() {
        assertThat(headroom(HOST_WITH_A_MEBIBYTE, cgroup(MIB / 2)))
                .isEqualTo(new Headroom(MIB / 2, "the memory cgroup"));
    }

    /** As of a service that reads files: the kernel drops them first. */
    @Test
    void pageCacheOfTheCgroupIsLeftAsThatOfTheHostIs() {
        Map<String, String> texts = Map.of(
                "memory.max", 4096 * MIB + "\n",
                "memory.current", 3900 * MIB + "\n",
                "memory.stat", "inactive_file " + 2000 * MIB + "\nactive_file " + 900 * MIB + "\n");
        CgroupHierarchy cgroup = new CgroupHierarchy("/", List.of(new CgroupLevel(2, "/cg", texts::get)));

        assertThat(headroom("", cgroup)).isEqualTo(new Headroom(3096 * MIB, "the memory cgroup"));
    }

    /** As with /proc mounted subset=pid. */
    @Test
    void isTheCgroupsWhereTheHostTellsNothing() {
        assertThat(headroom("", cgroup(100 * MIB))).isEqualTo(new Headroom(100 * MIB, "the memory cgroup"));
    }

    @Test
    void whatIsNotKnownRefusesNothing() {
        assertThat(headroom(HOST_WITH_A_MEBIBYTE, UNLIMITED)).isEqualTo(new Headroom(MIB, "the host"));
        assertThat(headroom("", UNLIMITED).isKnown()).isFalse();
        assertThat(headroom("", UNLIMITED).refusal(1L << 50)).isNull();
    }
}
