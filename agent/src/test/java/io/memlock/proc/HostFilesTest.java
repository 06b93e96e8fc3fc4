// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.ProcFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** meminfo, swaps and mountinfo. */
class HostFilesTest {

    @Test
    void readsTheMemoryOfAHost() {
        MemInfo memInfo = MemInfo.parse(Fixture.cursor(Fixture.text("host/meminfo")));

        assertThat(memInfo.totalBytes()).isEqualTo(24684092L << 10);
        assertThat(memInfo.availableBytes()).isEqualTo(23594884L << 10);
        assertThat(memInfo.swapTotalBytes()).isZero();
        assertThat(memInfo.swapFreeBytes()).isZero();
        assertThat(memInfo.hugetlbBytes()).isZero();
    }

    @Test
    void takesWhatIsNotPrintedForUnknown() {
        MemInfo memInfo = MemInfo.parse(Fixture.cursor("MemTotal: 4 kB\nNovelty: x\nSwapTotal:    12 kB\n"));

        assertThat(memInfo.totalBytes()).isEqualTo(4096);
        assertThat(memInfo.availableBytes()).isEqualTo(-1);
        assertThat(memInfo.swapTotalBytes()).isEqualTo(12 << 10);
    }

    @Test
    void findsNoSwapWhereThereIsNone() {
        assertThat(Swaps.parse(Fixture.cursor(Fixture.text("host/swaps"))).files())
                .isEmpty();
    }

    @Test
    void readsSwapAreasOfEveryKind() {
        Swaps swaps = Swaps.parse(
                Fixture.cursor(
                        """
                Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
                /dev/zram0                              partition\t1048572\t\t12\t\t100
                /swap\\040file                          file\t\t2097148\t\t0\t\t-2
                """));

        assertThat(swaps.files()).containsExactly("/dev/zram0", "/swap file");
        assertThat(swaps.hasZram()).isTrue();
    }

    @Test
    void readsTheMountsOfAJvm() {
        MountInfo mounts = MountInfo.parse(Fixture.cursor(Fixture.text("jdk17-g1/mountinfo")));

        assertThat(mounts.mounts()).hasSize(19);
        assertThat(mounts.under("/sys/fs/cgroup/memory/a"))
                .isEqualTo(new MountInfo.Mount(
                        0, 32, "/../..", "/sys/fs/cgroup/memory", "rw,relatime", "cgroup", "rw,memory"));
        assertThat(mounts.under("/sys/fs/cgroup/memories").mountPoint()).isEqualTo("/sys/fs/cgroup");
        assertThat(mounts.under("/home").type()).isEqualTo("ext4");
        // Mounted twice: the later one is what a path leads to.
        assertThat(mounts.under("/dev/shm/x")).isSameAs(mounts.mounts().get(7));
    }

    @Test
    void decodesEscapesAndSkipsOptionalFields() {
        MountInfo.Mount mount = MountInfo.parse(
                        Fixture.cursor("36 35 98:0 /a\\040b /mnt\\011t\\012n\\134 rw,noexec,nosuid shared:1 master:2 "
                                + "- fuse.sshfs  rw,x=\\040\n"))
                .mounts()
                .get(0);

        assertThat(mount)
                .isEqualTo(
                        new MountInfo.Mount(98, 0, "/a b", "/mnt\tt\nn\\", "rw,noexec,nosuid", "fuse.sshfs", "rw,x= "));
        assertThat(mount.isNoexec()).isTrue();
    }

    @Test
    void doesNotTakeAnOptionThatBeginsLikeNoexecForIt() {
        assertThat(MountInfo.parse(Fixture.cursor("1 1 0:1 / / rw,noexecutive - a b c"))
                        .mounts()
                        .get(0)
                        .isNoexec())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2 3:4 / / rw shared:1", "1 2 3:4 / / rw - ext4", "x", "1 2 3 / / rw - a b c"})
    void refusesMalformedMounts(String line) {
        assertThatThrownBy(() -> MountInfo.parse(Fixture.cursor(line + "\n"))).isInstanceOf(ProcFormatException.class);
    }
}
