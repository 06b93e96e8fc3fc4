// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.cgroup.RoomSource.Anonymous;
import io.memlock.files.Cursor;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessRoomTest {

    private static final long MIB = 1 << 20;

    @Test
    void countsReclaimablePageCacheAsFreeInVersion2() {
        var level = level(
                2,
                Map.of(
                        "memory.max", "1000\n",
                        "memory.high", "max\n",
                        "memory.current", "900\n",
                        "memory.stat", "anon 300\nfile 600\nunevictable 250\ninactive_file 200\nactive_file 150\n"));

        assertThat(level.freeBytes()).isEqualTo(1000 - (900 - 350));
    }

    /** As of an application that has looked at many files: the kernel keeps their names and inodes, and drops them in time. */
    @Test
    void countsHalfOfReclaimableSlabAsFreeInVersion2() {
        var level = level(
                2,
                Map.of(
                        "memory.max", "4096\n",
                        "memory.current", "4096\n",
                        "memory.stat", "inactive_file 30\nslab_reclaimable 1500\nslab_unreclaimable 70\nslab 1570\n"));

        assertThat(level.freeBytes()).isEqualTo(30 + 750);
    }

    @Test
    void memoryHighLimitsTheRoom() {
        var level = level(
                2,
                Map.of(
                        "memory.max",
                        "max\n",
                        "memory.high",
                        "800\n",
                        "memory.current",
                        "500\n",
                        "memory.stat",
                        "anon 1\n"));

        assertThat(level.freeBytes()).isEqualTo(300);
    }

    @Test
    void countsWhatIsBelowAndTheLimitAboveInVersion1() {
        var level = level(
                1,
                Map.of(
                        "memory.limit_in_bytes", "9223372036854771712\n",
                        "memory.usage_in_bytes", "900\n",
                        "memory.stat",
                                "inactive_file 1\nhierarchical_memory_limit 1000\ntotal_inactive_file 100\ntotal_active_file 200\n"));

        assertThat(level.freeBytes()).isEqualTo(1000 - 600);
    }

    /** Without a word on page cache all of the usage counts: rather too little room than too much. */
    @Test
    void countsNothingAsReclaimableWhereStatIsHidden() {
        var level = level(2, Map.of("memory.max", "1000\n", "memory.current", "900\n"));

        assertThat(level.freeBytes()).isEqualTo(100);
    }

    @Test
    void leavesACgroupWithHiddenUsageOut() {
        var second = level(2, Map.of("memory.max", "1000\n"));
        var first = level(1, Map.of("memory.limit_in_bytes", "1000\n"));

        assertThat(second.freeBytes()).isEqualTo(RoomSource.UNBOUNDED);
        assertThat(first.freeBytes()).isEqualTo(RoomSource.UNBOUNDED);
    }

    @Test
    void theTighterOfMaxAndHighCounts() {
        var level = level(2, Map.of("memory.max", "1000\n", "memory.high", "1200\n", "memory.current", "500\n"));

        assertThat(level.freeBytes()).isEqualTo(500);
    }

    @Test
    void appliesTheGroupsOwnTighterLimitInVersion1() {
        var level = level(
                1,
                Map.of(
                        "memory.limit_in_bytes", "700\n",
                        "memory.usage_in_bytes", "600\n",
                        "memory.stat", "hierarchical_memory_limit 1000\n"));

        assertThat(level.freeBytes()).isEqualTo(100);
    }

    @Test
    void isNeverBelowNothing() {
        var level = level(2, Map.of("memory.max", "100\n", "memory.current", "500\n"));

        assertThat(level.freeBytes()).isZero();
    }

    @Test
    void leavesACgroupWithoutALimitOut() {
        var level = level(2, Map.of("memory.max", "max\n", "memory.current", "500\n"));

        assertThat(level.freeBytes()).isEqualTo(RoomSource.UNBOUNDED);
    }

    @Test
    void theTightestLevelCounts(@TempDir Path root) throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 4096000 kB\nMemAvailable: 3072000 kB\n");
        Files.writeString(proc.resolve("cgroup"), "0::/pod/app\n");
        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n");
        Path app = Files.createDirectories(root.resolve("cg/pod/app"));
        write(app, 900 * MIB, 100 * MIB);
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).isEqualTo(800 * MIB);

        write(app.getParent(), 500 * MIB, 450 * MIB);
        assertThat(room.freeBytes()).isEqualTo(50 * MIB);

        Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 4096000 kB\nMemAvailable: 1024 kB\n");
        assertThat(room.freeBytes()).isEqualTo(MIB);
    }

    /** Makes a process in the cgroup {@code a}, which has 800 MiB free, and another directory that has 400 MiB free. */
    private static Path inCgroupA(Path root, String other) throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(proc.resolve("cgroup"), "0::/a\n");
        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n");
        write(Files.createDirectories(root.resolve("cg/a")), 900 * MIB, 100 * MIB);
        write(Files.createDirectories(root.resolve(other)), 500 * MIB, 100 * MIB);
        return proc;
    }

    private static ProcessRoom room(Path root) {
        return new ProcessRoom(new ProcFs(root.resolve("proc").toFile(), root.toFile()), 4096, () -> -1, () -> false);
    }

    /** Its new cgroup may be much smaller. */
    @Test
    void findsTheCgroupAtOnceAfterTheProcessHasMoved(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "cg/b");
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).as("the host tells nothing").isEqualTo(800 * MIB);

        Files.writeString(proc.resolve("cgroup"), "0::/b\n");

        assertThat(room.freeBytes()).isEqualTo(400 * MIB);
    }

    /** Where that is, is looked up now and then. */
    @Test
    void findsTheCgroupAgainAfterItWasMountedElsewhere(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "new/a");
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).isEqualTo(800 * MIB);

        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /new rw,nosuid - cgroup2 cgroup2 rw\n");

        assertThat(afterManyMeasurements(room)).isEqualTo(400 * MIB);
    }

    /** As where the application has used up its descriptors for a moment. */
    @Test
    void keepsTheCgroupWhereItCannotBeFoundAgainForAMoment(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "cg/b");
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).isEqualTo(800 * MIB);

        Files.delete(proc.resolve("cgroup"));
        Files.createDirectory(proc.resolve("cgroup")); // it is there, and cannot be read
        for (int i = 0; i < 64; i++) {
            assertThat(room.freeBytes()).isEqualTo(800 * MIB);
        }
        Files.delete(proc.resolve("cgroup"));
        Files.writeString(proc.resolve("cgroup"), "0::/b\n");

        assertThat(room.freeBytes()).as("asked again at once").isEqualTo(400 * MIB);
    }

    /** As where the host moves a process that sees only its own part of the tree. */
    @Test
    void forgetsTheCgroupAfterTheProcessHasMovedToOneThatCannotBeSeen(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "cg/b");
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).isEqualTo(800 * MIB);

        Files.writeString(proc.resolve("cgroup"), "0::/../other\n");

        assertThat(room.freeBytes()).isEqualTo(RoomSource.UNKNOWN);
        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 /../other /cg/b rw,nosuid - cgroup2 cgroup2 rw\n");
        for (int i = 0; i < 10; i++) {
            assertThat(room.freeBytes())
                    .as("not looked for in each measurement")
                    .isEqualTo(RoomSource.UNKNOWN);
        }
        assertThat(afterManyMeasurements(room)).isEqualTo(400 * MIB);
    }

    private static long afterManyMeasurements(ProcessRoom room) {
        long last = 0;
        for (int i = 0; i < 64; i++) {
            last = room.freeBytes();
        }
        return last;
    }

    @Test
    void theHeapIsNotWhollyToComeWhereTheProcessCannotBeReadForAMoment(@TempDir Path root) throws Exception {
        Path status = Files.createDirectories(root.resolve("proc/self")).resolve("status");
        Files.writeString(status, "Name:\tjava\nRssAnon:\t    2048 kB\n");
        ProcessRoom room = room(root);
        long toCome = room.heapToComeBytes();
        assertThat(toCome).isEqualTo(Runtime.getRuntime().maxMemory() - 2 * MIB);

        Files.delete(status);

        assertThat(room.heapToComeBytes()).isEqualTo(toCome);
    }

    /** They are set aside from all other memory. */
    @Test
    void aHeapInHugePagesOfHugetlbfsTakesNothingOfTheFreeMemory(@TempDir Path root) throws Exception {
        assertThat(withHugetlb(root, "2048 kB", () -> true).heapToComeBytes()).isZero();
    }

    /** It is asked before main, in whose heap of a few MiB each file that is read is felt. */
    @Test
    void nobodyIsAskedWhereTheHeapIsWithoutHugePages(@TempDir Path root) throws Exception {
        BooleanSupplier unasked = () -> {
            throw new AssertionError("asked");
        };

        assertThat(withHugetlb(root, "0 kB", unasked).heapToComeBytes()).isPositive();
    }

    private static ProcessRoom withHugetlb(Path root, String hugetlb, BooleanSupplier isHeapHugetlb)
            throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("proc/self")).resolve("status"),
                "Name:\tjava\nRssAnon:\t4 kB\nHugetlbPages:\t" + hugetlb + "\n");
        ProcFs proc = new ProcFs(root.resolve("proc").toFile(), root.toFile());
        return new ProcessRoom(proc, 4096, () -> -1, isHeapHugetlb);
    }

    /** ZGC's heap counts once for each view, and direct buffers may be more than all of the heap. */
    @ParameterizedTest
    @ValueSource(strings = {"RssShmem", "RssAnon"})
    void whatTheHeapHasNotCommittedIsToComeWhateverIsResident(String kind, @TempDir Path root) throws Exception {
        Runtime jvm = Runtime.getRuntime();
        Path proc = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(proc.resolve("status"), kind + ":\t" + 4 * jvm.maxMemory() / 1024 + " kB\n");
        ProcessRoom room = room(root);
        long committedBefore = jvm.totalMemory();

        long toCome = room.heapToComeBytes();

        long mostCommitted = Math.max(committedBefore, jvm.totalMemory());
        assertThat(toCome).isGreaterThanOrEqualTo(jvm.maxMemory() - mostCommitted);
    }

    /** As in a container: its own files are at the root of the mount, those of the groups above are hidden. */
    @Test
    void aGroupAboveThatIsHiddenTakesNothingAway(@TempDir Path root) throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(proc.resolve("cgroup"), "0::/\n");
        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n");
        write(Files.createDirectories(root.resolve("cg")), 300 * MIB, 100 * MIB);

        assertThat(room(root).freeBytes()).isEqualTo(200 * MIB);
    }

    @Test
    void readsNothingAboveAGroupOfVersion1ThatTellsOfNoLimitThere() {
        List<String> read = new ArrayList<>();
        CgroupLevel own = level(1, Map.of("memory.stat", "hierarchical_memory_limit 9223372036854771712\n"));
        CgroupLevel above = new CgroupLevel(1, "/cg", name -> {
            read.add(name);
            return null;
        });

        assertThat(new CgroupHierarchy("/cg/own", List.of(own, above))
                        .freeBytes(MemInfo.parse(new Cursor("meminfo", "MemAvailable: 1024 kB\n"))))
                .isEqualTo(MIB);
        assertThat(read).isEmpty();
    }

    @Test
    void readsNoUsageWhereThereIsNoLimit() {
        List<String> read = new ArrayList<>();
        CgroupLevel level = new CgroupLevel(2, "/cg", name -> {
            read.add(name);
            return "max\n";
        });

        assertThat(level.freeBytes()).isEqualTo(RoomSource.UNBOUNDED);
        assertThat(read).containsExactlyInAnyOrder("memory.max", "memory.high");
    }

    @Test
    void looksAboveAGroupOfVersion1ThatTellsNothing() {
        CgroupLevel own = level(1, Map.of());
        CgroupLevel above = level(1, Map.of("memory.limit_in_bytes", "1000\n", "memory.usage_in_bytes", "900\n"));

        assertThat(new CgroupHierarchy("/cg/own", List.of(own, above))
                        .freeBytes(MemInfo.parse(new Cursor("meminfo", "MemAvailable: 1024 kB\n"))))
                .isEqualTo(100);
    }

    @Test
    void isNotKnownWhereNothingTells(@TempDir Path root) {
        ProcessRoom room = new ProcessRoom(new ProcFs(root.toFile(), root.toFile()), 4096, () -> -1, () -> false);

        assertThat(room.freeBytes()).isEqualTo(RoomSource.UNKNOWN);
    }

    /** As where the cgroup file system is mounted later, or descriptors had run out. */
    @Test
    void looksAgainForACgroupThatWasNotKnown(@TempDir Path root) throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(proc.resolve("cgroup"), "0::/a\n");
        Files.writeString(proc.resolve("mountinfo"), "");
        ProcessRoom room = room(root);
        assertThat(room.freeBytes()).isEqualTo(RoomSource.UNKNOWN);

        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n");
        write(Files.createDirectories(root.resolve("cg/a")), 900 * MIB, 100 * MIB);

        assertThat(afterManyMeasurements(room)).isEqualTo(800 * MIB);
    }

    /** ZGC's heap is a file in memory. */
    @Test
    void filesInMemoryCountAsAnonymousAndWhatIsInSwapIsToldApart(@TempDir Path root) throws Exception {
        Path self = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                self.resolve("status"),
                """
                RssAnon:	     100 kB
                RssFile:	    7000 kB
                RssShmem:	     300 kB
                VmSwap:	      50 kB
                """);
        ProcessRoom room = room(root);

        assertThat(room.anonymous()).isEqualTo(new RoomSource.Anonymous(400 << 10, 50 << 10));
    }

    /** JDK 17's ZGC maps each page three times, and the agent once more to lock it. */
    @Test
    void aPageOfZgcsHeapCountsOnceHoweverOftenItIsMapped(@TempDir Path root) throws Exception {
        long committedBefore = Runtime.getRuntime().totalMemory();
        ProcessRoom room = roomWithShared(root, 3 * committedBefore, "/memfd:java_heap (deleted)");

        long resident = room.anonymous().residentBytes();

        long committed = Math.max(committedBefore, Runtime.getRuntime().totalMemory());
        assertThat(resident).isBetween(2 * MIB, MIB + committed);
    }

    @Test
    void sharedMemoryOfTheApplicationCountsInFull(@TempDir Path root) throws Exception {
        long views = 4 * Runtime.getRuntime().maxMemory();

        assertThat(roomWithShared(root, views, "/dev/shm/java_heap").anonymous().residentBytes())
                .isEqualTo(MIB + views);
    }

    /** VmSwap has no shared memory. What the heap has committed and is not in RAM may be in swap, or was never touched. */
    @Test
    void whatMayBeInSwapOfZgcsHeapCounts(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "cg/b");
        Files.writeString(root.resolve("proc/meminfo"), "SwapTotal: 8192 kB\nSwapFree: 5120 kB\n");
        ProcessRoom room = roomWithShared(root, MIB, "/memfd:java_heap (deleted)");
        Files.writeString(proc.resolve("status"), "RssAnon:\t4 kB\nRssShmem:\t1024 kB\nVmSwap:\t1024 kB\n");
        assertThat(room.anonymous().swappedBytes()).as("of the host").isEqualTo(3 * MIB);

        Files.writeString(root.resolve("cg/a/memory.swap.current"), 2 * MIB + "\n");
        assertThat(room.anonymous().swappedBytes()).as("of the cgroup").isEqualTo(2 * MIB);

        Files.writeString(proc.resolve("maps"), "");
        assertThat(room(root).anonymous().swappedBytes())
                .as("of another collector")
                .isEqualTo(MIB);
    }

    /** This is asked while main waits, and to go through all mappings took a twentieth of what a lock by regions takes. */
    @Test
    void withoutSharedMemoryTheMappingsAreNotRead(@TempDir Path root) throws Exception {
        Path proc = inCgroupA(root, "cg/b");
        Files.writeString(root.resolve("proc/meminfo"), "SwapTotal: 8192 kB\nSwapFree: 5120 kB\n");
        ProcessRoom room = roomWithShared(root, 0, "/memfd:java_heap (deleted)");
        Files.writeString(proc.resolve("status"), "RssAnon:\t4 kB\nRssShmem:\t0 kB\nVmSwap:\t1024 kB\n");

        assertThat(room.anonymous()).isEqualTo(new Anonymous(4096, MIB));
    }

    private static ProcessRoom roomWithShared(Path root, long bytes, String file) throws IOException {
        Path self = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(self.resolve("status"), "RssAnon:\t1024 kB\nRssShmem:\t" + bytes / 1024 + " kB\n");
        Files.writeString(self.resolve("maps"), "40000000-80000000 rw-s 00000000 00:01 7 " + file + "\n");
        return room(root);
    }

    /** As after the first thread has ended, while others run on: to take that for nothing would never unlock. */
    @Test
    void aProcessThatTellsOfNoMemoryIsNotTakenForOneWithout(@TempDir Path root) throws Exception {
        Path self = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(self.resolve("status"), "Name:\tjava\nState:\tZ (zombie)\nThreads:\t20\n");

        assertThatThrownBy(room(root)::anonymous).isInstanceOf(IOException.class);
    }

    private static void write(Path cgroup, long limit, long usage) throws Exception {
        Files.writeString(cgroup.resolve("memory.max"), limit + "\n");
        Files.writeString(cgroup.resolve("memory.current"), usage + "\n");
    }

    private static CgroupLevel level(int version, Map<String, String> texts) {
        return new CgroupLevel(version, "/cg", texts::get);
    }
}
