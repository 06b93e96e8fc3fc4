// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import io.memlock.cgroup.RoomSource;
import io.memlock.files.FileOpener;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFsTest {

    @TempDir
    private Path root;

    private ProcFs captured;

    @BeforeEach
    void pointAtTheTree() {
        captured = new ProcFs(root.resolve("proc").toFile(), root.toFile());
    }

    @Test
    void readsItsOwnProcess() throws IOException {
        ProcFs proc = new ProcFs();
        List<SmapsEntry> entries = new ArrayList<>();
        proc.smaps(ProcFs.SELF, entries::add);
        long pid = ProcessHandle.current().pid();

        assertThat(proc.mappings(ProcFs.SELF)).anyMatch(m -> m.path().endsWith("libjvm.so"));
        assertThat(entries).hasSizeGreaterThan(100).anyMatch(e -> e.pssBytes() > 0);
        assertThat(proc.smapsRollup(ProcFs.SELF).pssBytes()).isPositive();
        assertThat(proc.status(ProcFs.SELF).tgid()).isEqualTo(pid);
        assertThat(proc.stat(ProcFs.SELF).startTicks()).isPositive();
        assertThat(proc.limits(ProcFs.SELF).lockedMemory().hard()).isNotZero();
        assertThat(proc.mountInfo(ProcFs.SELF).under("/proc/self").type()).isEqualTo("proc");
        assertThat(proc.memInfo().totalBytes()).isPositive();
        assertThat(proc.swaps().files()).isNotNull();
        assertThat(proc.pids()).contains((int) pid).isSorted();
        assertThat(Integer.parseInt(proc.sys("vm/max_map_count"))).isPositive();
        assertThat(new Cgroups(proc).memory(ProcFs.SELF).limitBytes()).isNotZero();
    }

    /** As with /proc mounted subset=pid. */
    @Test
    void theKernelsVersionIsKnownWhereProcDoesNotTellIt() {
        assertThat(captured.kernelVersion()).isEqualTo(new ProcFs().kernelVersion());
    }

    @Test
    void aKernelThatDoesNotTellItsVersionIsAsOldAsCanBe() throws IOException {
        Path release = root.resolve("proc/sys/kernel/osrelease");
        Files.createDirectories(release.getParent());
        Files.writeString(release, "gVisor\n");

        assertThat(captured.isKernelAtLeast(0, 0)).isFalse();

        Files.writeString(release, "5.18.0-gVisor\n");

        assertThat(captured.isKernelAtLeast(5, 18)).isTrue();
        assertThat(captured.isKernelAtLeast(5, 19)).isFalse();
    }

    @Test
    void readsAFileMuchLargerThanItsBuffer() throws IOException {
        StringBuilder maps = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            maps.append(Integer.toHexString(i))
                    .append("000-")
                    .append(Integer.toHexString(i))
                    .append("fff rw-p 0 0:0 0 \n");
        }
        write("proc/7/maps", maps.toString());

        assertThat(captured.mappings("7")).hasSize(10_000);
        write("proc/7/maps", "1000-2000 rw-p 00000000 00:00 0 \n");
        assertThat(captured.mappings("7")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 4095, 4096, 8192})
    void readsAFileThatComesInPiecesOfAnySize(int pieceBytes) throws IOException {
        String text = "0123456789".repeat(20_000);

        assertThat(new TextFile(new FileOpener.Jdk())
                        .read("pieces", Fixture.inPieces(text, pieceBytes))
                        .all())
                .isEqualTo(text);
    }

    @Test
    void walksUpToTheTightestLimit() throws IOException {
        write("proc/7/cgroup", "0::/slice/unit\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/slice/unit/memory.max", "max\n");
        write("sys/fs/cgroup/slice/unit/memory.current", "4096\n");
        write("sys/fs/cgroup/slice/memory.max", "4096000\n");
        write("sys/fs/cgroup/slice/memory.current", "4095000\n");
        CgroupHierarchy hierarchy = new Cgroups(captured).memory("7");

        assertThat(hierarchy.directory()).isEqualTo("/sys/fs/cgroup/slice/unit");
        assertThat(hierarchy.levels()).hasSize(3);
        assertThat(hierarchy.limitBytes()).isEqualTo(4096000);
        assertThat(hierarchy.headroomBytes()).isEqualTo(1000);
    }

    /** What limits those above limits it, too. */
    @Test
    void theMountsRootIsTheClosestThatCanBeSeenOfAnOwnCgroupThatIsNotShown() throws IOException {
        write("proc/self/cgroup", "0::/kubepods/pod1/abc\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/memory.max", "8192\n");
        write("sys/fs/cgroup/memory.current", "4096\n");
        CgroupHierarchy hierarchy = new Cgroups(captured).memory(ProcFs.SELF);

        assertThat(hierarchy.isKnown()).isFalse();
        assertThat(hierarchy.limitBytes()).isEqualTo(8192);
        assertThat(hierarchy.freeBytes(captured.memInfo())).isEqualTo(RoomSource.UNKNOWN);
    }

    /** As in a container that shares another's processes: what is mounted is the cgroup of the one who looks. */
    @ParameterizedTest
    @ValueSource(strings = {"/../neighbour", "/kubepods/pod1/abc"})
    void doesNotTakeTheMountsRootForTheCgroupOfAnotherProcess(String path) throws IOException {
        write("proc/7/cgroup", "0::" + path + "\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/memory.max", "8192\n");

        assertThat(new Cgroups(captured).memory("7")).isEqualTo(CgroupHierarchy.UNKNOWN);
    }

    @Test
    void findsNoControllerOfACgroupThatIsNotShown() throws IOException {
        write("proc/7/cgroup", "3:pids:/../neighbour\n0::/../neighbour\n");
        write(
                "proc/self/mountinfo",
                "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n31 24 0:27 / /pids rw - cgroup cgroup rw,pids\n");

        assertThat(new Cgroups(captured).withController("7", "pids")).isEmpty();
    }

    @Test
    void stopsAtAV1ParentThatDoesNotCountItsChildren() throws IOException {
        write("proc/7/cgroup", "4:memory:/a/b\n");
        write("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        write("cg/a/b/memory.limit_in_bytes", "8192\n");
        write("cg/a/b/memory.usage_in_bytes", "4096\n");
        write("cg/a/b/memory.use_hierarchy", "0\n"); // which is about cgroups below
        write("cg/a/memory.limit_in_bytes", "4096\n");
        write("cg/a/memory.use_hierarchy", "0\n");

        assertThat(new Cgroups(captured).memory("7").limitBytes()).isEqualTo(8192);
        write("cg/a/memory.use_hierarchy", "1\n");
        assertThat(new Cgroups(captured).memory("7").limitBytes()).isEqualTo(4096);
    }

    /** As in a chroot, or where an empty file system hides it. In a namespace even the root may have a limit. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "4:memory:/h; ''",
                "4:memory:/h; 30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
                "4:memory:/h; 35 31 0:32 / /sys/fs/cgroup rw - cgroup cgroup rw,memory",
                "0::/h; ''",
                "0::/; ''",
                "0::/; 30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
                "0::/; 30 23 0:26 / /gone rw - cgroup2 cgroup2 rw"
            })
    void aCgroupThatCannotBeSeenIsNotKnown(String membership, String mounts) throws IOException {
        write("proc/self/cgroup", membership + "\n");
        write("proc/self/mountinfo", mounts.isEmpty() ? "" : mounts + "\n");
        write("proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t9\t1\n");
        write("sys/fs/cgroup/other", "");

        CgroupHierarchy hierarchy = new Cgroups(captured).memory(ProcFs.SELF);

        assertThat(hierarchy.isKnown()).isFalse();
        assertThat(hierarchy.limitBytes()).isEqualTo(-1);
    }

    @Test
    void aLimitWithoutItsUsageIsNotKnown() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/memory.max", "4096\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isKnown()).isFalse();

        write("sys/fs/cgroup/memory.current", "4096\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isKnown()).isTrue();
    }

    /** Whoever asks has to go on all the same: a failure here would be taken for a bug of ours. */
    @Test
    void aCgroupThatIsNotToldInTheKernelsFormatIsNotKnown() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", "30 23 no mount\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF)).isEqualTo(CgroupHierarchy.UNKNOWN);

        write("proc/self/cgroup", "no cgroup\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF)).isEqualTo(CgroupHierarchy.UNKNOWN);
    }

    @Test
    void memoryThatIsNotToldInTheKernelsFormatIsNotKnown() throws IOException {
        write("proc/meminfo", "MemTotal: much\n");

        assertThat(captured.memInfo()).isEqualTo(MemInfo.UNKNOWN);
    }

    @Test
    void anInodeThatIsNoNumberIsNotKnown() throws IOException {
        write("proc/self/fdinfo/5", "pos:\t0\nino:\t77\n");
        assertThat(captured.inode(ProcFs.SELF, 5)).isEqualTo(77);

        write("proc/self/fdinfo/5", "pos:\t0\nino:\tseven\n");
        assertThat(captured.inode(ProcFs.SELF, 5)).isEqualTo(-1);
    }

    /** As with a runtime's maskedPaths, which mount /dev/null over a file. */
    @ParameterizedTest
    @ValueSource(strings = {"memory.limit_in_bytes", "memory.usage_in_bytes"})
    void aLimitOrUsageHiddenByAnEmptyFileIsNotKnown(String hidden) throws IOException {
        write("proc/self/cgroup", "4:memory:/\n");
        write("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        write("cg/memory.limit_in_bytes", "8192\n");
        write("cg/memory.usage_in_bytes", "4096\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isKnown()).isTrue();

        write("cg/" + hidden, "");
        CgroupHierarchy hierarchy = new Cgroups(captured).memory(ProcFs.SELF);

        assertThat(hierarchy.isKnown()).isFalse();
        assertThat(hierarchy.freeBytes(captured.memInfo())).isEqualTo(RoomSource.UNKNOWN);
    }

    @Test
    void aSwappinessHiddenByAnEmptyFileIsNotTakenForTheHosts() throws IOException {
        write("proc/self/cgroup", "4:memory:/\n");
        write("proc/self/mountinfo", "35 31 0:32 / /cg rw - cgroup cgroup rw,memory\n");
        write("proc/sys/vm/swappiness", "0\n");
        write("cg/memory.limit_in_bytes", "8192\n");
        write("cg/memory.usage_in_bytes", "4096\n");
        write("cg/memory.swappiness", "");

        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isNeverSwappedForALimit())
                .isFalse();
    }

    /** Below a parent that hands on no controller the file is empty. */
    @Test
    void aCgroupWithoutAnyControllerHasNoLimitOfItsOwn() throws IOException {
        write("proc/self/cgroup", "0::/slice/unit\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/slice/unit/cgroup.events", "populated 1\n");
        write("sys/fs/cgroup/slice/unit/cgroup.controllers", "");

        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isKnown()).isTrue();
    }

    @Test
    void theRootOfVersion2HasNoLimit() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
        CgroupHierarchy hierarchy = new Cgroups(captured).memory(ProcFs.SELF);

        assertThat(hierarchy.isKnown()).isTrue();
        assertThat(hierarchy.isPartlyHidden()).isFalse();
    }

    @Test
    void whereTheControllerIsOffTheLimitsAreThoseAbove() throws IOException {
        write("proc/self/cgroup", "0::/pod/app\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/cgroup.events", "populated 1\n");
        write("sys/fs/cgroup/pod/memory.max", "4096\n");
        write("sys/fs/cgroup/pod/app/cgroup.controllers", "cpu pids\n");
        write("sys/fs/cgroup/pod/app/cgroup.events", "populated 1\n");
        CgroupHierarchy hierarchy = new Cgroups(captured).memory(ProcFs.SELF);

        assertThat(hierarchy.isKnown()).isTrue();
        assertThat(hierarchy.limitBytes()).isEqualTo(4096);
        assertThat(hierarchy.isPartlyHidden()).isTrue();

        write("sys/fs/cgroup/pod/app/cgroup.controllers", "cpu memory pids\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF).isKnown()).isFalse();
    }

    @Test
    void thereIsNoLimitWhereTheKernelHasNoMemoryCgroups() throws IOException {
        CgroupHierarchy none = new CgroupHierarchy(null, List.of());
        write("proc/self/mountinfo", "");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF)).as("no cgroups").isEqualTo(none);

        write("proc/self/cgroup", "");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF)).as("no hierarchy").isEqualTo(none);

        write("proc/self/cgroup", "1:name=systemd:/a\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF))
                .as("no controller in use")
                .isEqualTo(none);

        write("proc/self/cgroup", "0::/a\n");
        write("proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\npids\t0\t9\t1\nmemory\t0\t9\t0\n");
        assertThat(new Cgroups(captured).memory(ProcFs.SELF)).as("switched off").isEqualTo(none);
    }

    @Test
    void splitsAnEnvironment() throws IOException {
        write("proc/7/environ", "A=a b\0\0B=\0nothing\0C=d=e\0");
        write("proc/8/environ", "");

        assertThat(captured.environment("7")).isEqualTo(Map.of("A", "a b", "B", "", "C", "d=e"));
        assertThat(captured.environment("8")).isEmpty();
    }

    @Test
    void listsProcessesByNumber() throws IOException {
        write("proc/10/maps", "");
        write("proc/9/maps", "");
        write("proc/self/maps", "");
        write("proc/1x/maps", "");

        assertThat(captured.pids()).containsExactly(9, 10);
    }

    @Test
    void namesAProcessThatIsGone() {
        assertThatThrownBy(() -> new ProcFs().mappings("999999999"))
                .isInstanceOf(IOException.class)
                .hasMessage("/proc/999999999/maps: no such process");
        assertThatThrownBy(() -> new ProcFs().smaps("999999999", e -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("/proc/999999999/smaps: no such process");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Files.createDirectories(root.resolve("proc/7/maps"));

        assertThatThrownBy(() -> captured.mappings("7"))
                .isInstanceOf(IOException.class)
                .hasMessage(root.resolve("proc/7/maps") + ": is a directory");
        assertThatThrownBy(() -> captured.sys("vm/nothing"))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("sys/vm/nothing: no such file or directory");
    }

    @Test
    void namesTheFileThatIsMalformed() throws IOException {
        write("proc/7/maps", "1000\n");

        assertThatThrownBy(() -> captured.mappings("7"))
                .isInstanceOf(ProcFormatException.class)
                .hasMessageStartingWith(root.resolve("proc/7/maps") + ", line 1, column 5: expected '-'");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
