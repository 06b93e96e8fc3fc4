// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegionClassifierTest {

    @Test
    void cutsAMappingThatTheKernelMerged() {
        KnownRange cards = new KnownRange(0x7000_2000L, 0x7000_4000L, Region.GC, Evidence.VM_STRUCTURE);

        assertThat(classify(List.of(cards), "70000000-70008000 rw-p 00000000 00:00 0"))
                .extracting(Segment::start, Segment::end, Segment::region)
                .containsExactly(
                        tuple(0x7000_0000L, 0x7000_2000L, Region.OTHER),
                        tuple(0x7000_2000L, 0x7000_4000L, Region.GC),
                        tuple(0x7000_4000L, 0x7000_8000L, Region.OTHER));
    }

    @Test
    void aRangeMayHoldSeveralMappings() {
        KnownRange heap = new KnownRange(0xf000_0000L, 0x1_0000_0000L, Region.HEAP, Evidence.VM_STRUCTURE);

        assertThat(regions(
                        List.of(heap),
                        "f0000000-f8900000 rw-p 00000000 00:00 0",
                        "f8900000-ffe00000 ---p 00000000 00:00 0",
                        "ffe00000-100000000 rw-p 00c77000 fe:00 328258 /usr/lib/jvm/jdk/lib/server/classes.jsa"))
                .containsExactly(Region.HEAP, Region.HEAP, Region.HEAP);
    }

    @Test
    void aStackOfAThreadThatHasGoneDoesNotHideAFile() {
        KnownRange stack = new KnownRange(0x7000_0000L, 0x7010_0000L, Region.STACKS, Evidence.VM_STRUCTURE);

        assertThat(regions(List.of(stack), "70000000-70100000 rw-s 00000000 fe:00 4711 /data/index"))
                .containsExactly(Region.MAPPED);
    }

    @Test
    void takesMemoryLaidOutAsAnArenaForMalloc() {
        assertThat(regions(
                        List.of(),
                        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0",
                        "7f5ec8068000-7f5ecc000000 ---p 00000000 00:00 0"))
                .containsExactly(Region.NATIVE, Region.NATIVE);
    }

    @Test
    void takesAFullArenaForMalloc() {
        assertThat(regions(List.of(), "7f5ec8000000-7f5ed0000000 rw-p 00000000 00:00 0"))
                .containsExactly(Region.NATIVE);
    }

    /** What the application locked itself, before and after the agent, is not merged. */
    @Test
    void takesAnArenaInPiecesForMalloc() {
        assertThat(regions(
                        List.of(),
                        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0",
                        "7f5ec8068000-7f5ec8070000 rw-p 00000000 00:00 0",
                        "7f5ec8070000-7f5ec8080000 rw-p 00000000 00:00 0",
                        "7f5ec8080000-7f5ecc000000 ---p 00000000 00:00 0",
                        "7f5ecc000000-7f5ece000000 rw-p 00000000 00:00 0",
                        "7f5ece000000-7f5ed0000000 rw-p 00000000 00:00 0"))
                .containsOnly(Region.NATIVE);
    }

    @Test
    void takesNoPiecesForMallocThatDoNotReachTheEndOfAnArena() {
        assertThat(regions(
                        List.of(),
                        "7f5ec8000000-7f5ec8068000 rw-p 00000000 00:00 0",
                        "7f5ec8068000-7f5ec8070000 rw-p 00000000 00:00 0",
                        "7f5ec8070000-7f5ecbfff000 ---p 00000000 00:00 0"))
                .containsOnly(Region.OTHER);
    }

    @Test
    void doesNotTakeAReservationThatEndsElsewhereForAnArena() {
        // ZGC on 17: its mark stacks
        assertThat(regions(
                        List.of(),
                        "7f254c000000-7f254e000000 rw-p 00000000 00:00 0",
                        "7f254e000000-7f274c000000 ---p 00000000 00:00 0"))
                .containsExactly(Region.OTHER, Region.OTHER);
    }

    @Test
    void takesNothingElseThatIsLaidOutAlmostAsAnArenaForMalloc() {
        String start = "7f5ec8000000-7f5ec8068000 ";
        String rest = "7f5ec8068000-7f5ecc000000 ";
        for (String[] maps : new String[][] {
            {start + "rwxp 00000000 00:00 0", rest + "---p 00000000 00:00 0"},
            {start + "r--p 00000000 00:00 0", rest + "---p 00000000 00:00 0"},
            {start + "-w-p 00000000 00:00 0", rest + "---p 00000000 00:00 0"},
            {start + "rw-s 00000000 00:00 0", rest + "---p 00000000 00:00 0"},
            {start + "rw-p 00000000 00:00 0", rest + "r--p 00000000 00:00 0"},
            {start + "rw-p 00000000 00:00 0", "7f5ec8069000-7f5ecc000000 ---p 00000000 00:00 0"},
            {start + "rw-p 00000000 00:00 0", "7f5ec8068000-7f5ecbfff000 ---p 00000000 00:00 0"},
            {"7f5ec8001000-7f5ec8068000 rw-p 00000000 00:00 0", rest + "---p 00000000 00:00 0"}
        }) {
            assertThat(regions(List.of(), maps)).as(String.join("; ", maps)).doesNotContain(Region.NATIVE);
        }
        assertThat(regions(List.of(), start + "rw-p 00000000 00:00 0")).containsExactly(Region.OTHER);
    }

    @Test
    void takesTheRestOfZgcsReservationForHeap() {
        assertThat(regions(
                        List.of(),
                        "40000000000-40000200000 ---p 00000000 00:00 0",
                        "40000200000-40005600000 rw-s 00000000 00:01 25 /memfd:java_heap (deleted)",
                        "40005600000-40100000000 ---p 00000000 00:00 0"))
                .containsExactly(Region.HEAP, Region.HEAP, Region.HEAP);
    }

    @Test
    void takesNothingElseThatIsNearZgcsHeapForHeap() {
        String heap = "40000200000-40000400000 rw-s 00000000 00:01 25 /memfd:java_heap (deleted)";

        assertThat(regions(List.of(), heap, "40000400000-40000600000 rw-p 00000000 00:00 0"))
                .as("accessible")
                .containsExactly(Region.HEAP, Region.OTHER);
        assertThat(regions(List.of(), heap, "40000401000-40000600000 ---p 00000000 00:00 0"))
                .as("behind a hole")
                .containsExactly(Region.HEAP, Region.OTHER);
        assertThat(regions(List.of(), "40000000000-400001ff000 ---p 00000000 00:00 0", heap))
                .as("before a hole")
                .containsExactly(Region.OTHER, Region.HEAP);
        assertThat(regions(List.of(), "40000000000-40000200000 ---p 00000000 00:00 0"))
                .as("alone")
                .containsExactly(Region.OTHER);
    }

    /** What a driver or a library of the application unlinks may be named so, too. */
    @Test
    void takesAFileForZgcsHeapOnlyIfItIsMappedLikeIt() {
        assertThat(regions(List.of(), "40000200000-40000400000 rw-p 00000000 00:01 25 /memfd:java_heap (deleted)"))
                .as("private")
                .doesNotContain(Region.HEAP);
        assertThat(regions(List.of(), "40000200000-40000300000 rw-s 00000000 00:0e 25 /mnt/tmpfs/#1234 (deleted)"))
                .as("not in granules")
                .doesNotContain(Region.HEAP);
        assertThat(regions(List.of(), "40000200000-40000400000 rw-s 00000000 00:0e 25 /mnt/tmpfs/index (deleted)"))
                .as("another name")
                .doesNotContain(Region.HEAP);
    }

    @Test
    void takesNoNamelessFileForHeapWhereTheHeapIsKnownToBeElsewhere() {
        KnownRange heap = new KnownRange(0xf000_0000L, 0x1_0000_0000L, Region.HEAP, Evidence.VM_STRUCTURE);

        for (String name : List.of("#77", "java_heap.77")) {
            assertThat(regions(
                            List.of(heap),
                            "3fe00000-40000000 ---p 00000000 00:00 0",
                            "40000000-40200000 rw-s 00000000 fe:01 9 /data/" + name + " (deleted)",
                            "f0000000-100000000 rw-p 00000000 00:00 0"))
                    .as(name)
                    .containsExactly(Region.OTHER, Region.MAPPED, Region.HEAP);
        }
    }

    /** {@code -XX:AllocateHeapAt} with another collector than ZGC. */
    @Test
    void aKnownHeapInANamelessFileIsNotRemapped() {
        String[] file = {"40000000-40200000 rw-s 00000000 fe:01 9 /data/#77 (deleted)"};
        KnownRange heap = new KnownRange(0x4000_0000L, 0x4020_0000L, Region.HEAP, Evidence.VM_STRUCTURE);

        assertThat(classify(List.of(heap), file)).singleElement().satisfies(segment -> {
            assertThat(segment.region()).isEqualTo(Region.HEAP);
            assertThat(segment.isRemappedHeap()).isFalse();
        });
        assertThat(classify(List.of(), file)).allMatch(Segment::isRemappedHeap);
    }

    @Test
    void takesHugePagesWithoutAFileForAnonymousMemory() {
        for (String path : List.of("/anon_hugepage (deleted)", "/SYSV00000000 (deleted)")) {
            Mapping huge =
                    new Mapping(0x4000_0000L, 0x4020_0000L, true, true, false, true, 0, 7, path, Backing.HUGETLB);
            assertThat(MappingNames.regionOf(huge, Map.of(), false)).as(path).isNull();
        }
        Mapping named = new Mapping(
                0x4000_0000L, 0x4020_0000L, true, true, false, true, 0, 7, "/mnt/huge/pool", Backing.HUGETLB);
        assertThat(MappingNames.regionOf(named, Map.of(), false)).isEqualTo(Region.MAPPED);
    }

    @Test
    void dataOfAnExecutableBelongsToIt() {
        assertThat(regions(
                        List.of(),
                        "55a000000000-55a000001000 r-xp 00000000 fe:00 12 /opt/app/launcher",
                        "55a000001000-55a000002000 rw-p 00001000 fe:00 12 /opt/app/launcher"))
                .containsExactly(Region.LIBS, Region.LIBS);
    }

    @Test
    void allOfAnArchiveBelongsToIt() {
        KnownRange archive = new KnownRange(0x1100_1000L, 0x11b2_3000L, Region.CDS, Evidence.VM_STRUCTURE);
        KnownRange heap = new KnownRange(0x7_f000_0000L, 0x8_0000_0000L, Region.HEAP, Evidence.VM_STRUCTURE);

        assertThat(regions(
                        List.of(archive, heap),
                        "11001000-11b23000 rw-p 00001000 fe:00 24 /tmp/x.cache",
                        "7ffc00000-7ffcd5000 rw-p 00bd0000 fe:00 24 /tmp/x.cache",
                        "7ff51c021000-7ff51c0a4000 rw-p 00b23000 fe:00 24 /tmp/x.cache",
                        "7ff51c0a4000-7ff51c0a5000 rw-p 00b23000 fe:00 25 /tmp/y.cache"))
                .containsExactly(Region.CDS, Region.HEAP, Region.CDS, Region.MAPPED);
    }

    /** The archive ends where the file begins that is mapped behind it. */
    @Test
    void aFileBesideAnArchiveIsNoneOfIt() {
        KnownRange archive = new KnownRange(0x1100_1000L, 0x11b2_3000L, Region.CDS, Evidence.VM_STRUCTURE);

        assertThat(regions(
                        List.of(archive),
                        "11000000-11001000 rw-p 00000000 fe:00 26 /tmp/before",
                        "11001000-11b23000 rw-p 00001000 fe:00 24 /tmp/x.cache",
                        "11b23000-11b24000 rw-p 00000000 fe:00 25 /tmp/after"))
                .containsExactly(Region.MAPPED, Region.CDS, Region.MAPPED);
    }

    @Test
    void anotherReservationMakesNoArchiveOfAFile() {
        KnownRange heap = new KnownRange(0x1100_0000L, 0x1110_0000L, Region.HEAP, Evidence.VM_STRUCTURE);

        assertThat(regions(
                        List.of(heap),
                        "11000000-11001000 rw-p 00000000 fe:00 26 /data/x",
                        "22000000-22001000 rw-p 00001000 fe:00 26 /data/x"))
                .containsExactly(Region.HEAP, Region.MAPPED);
    }

    @Test
    void keepsUpWithSixtyThousandMappings() {
        List<Mapping> mappings = new ArrayList<>();
        List<KnownRange> stacks = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            long start = 0x7000_0000_0000L + i * 0x10_0000L;
            mappings.add(new Mapping(start, start + 0xf_0000, true, true, false, false, 0, 0, "", Backing.NONE));
            stacks.add(new KnownRange(start, start + 0xf_0000, Region.STACKS, Evidence.VM_STRUCTURE));
        }
        RegionClassifier classifier = new RegionClassifier(KnownRanges.of(stacks, 4096));

        long took = Long.MAX_VALUE;
        for (int i = 0; i < 10 && took >= 1_000_000_000L; i++) { // a machine that is busy disturbs some
            long before = System.nanoTime();
            List<Segment> segments = classifier.classify(mappings);
            took = Math.min(took, System.nanoTime() - before);
            assertThat(segments).hasSize(60_000).allMatch(segment -> segment.region() == Region.STACKS);
        }

        assertThat(took).isLessThan(1_000_000_000L);
    }

    @Test
    void knowsMappingsByName() {
        Map<String, Region> examples = Map.ofEntries(
                Map.entry("rw-p 00000000 00:00 0 [heap]", Region.NATIVE),
                Map.entry("rw-p 00000000 00:00 0 [stack]", Region.STACKS),
                Map.entry("r-xp 00000000 00:00 0 [vdso]", Region.OTHER),
                Map.entry("rw-p 00000000 00:00 0 [anon: glibc: malloc arena]", Region.NATIVE),
                Map.entry("rw-p 00000000 00:00 0 [anon: glibc: pthread stack: 4711]", Region.STACKS),
                Map.entry("rw-p 00000000 00:00 0 [anon: glibc: pthread user stack: 4711]", Region.STACKS),
                Map.entry("rw-p 00000000 00:00 0 [anon: glibc: unused stack]", Region.STACKS),
                Map.entry("rw-p 00000000 00:00 0 [anon:something]", Region.OTHER),
                Map.entry("rw-s 00000000 00:01 26 [anon_shmem:something]", Region.SHM),
                Map.entry("rw-s 00000000 00:01 25 /memfd:java_heap (deleted)", Region.HEAP),
                Map.entry("rw-s 00000000 00:0e 25 /memfd:java_heap.hugetlb (deleted)", Region.HEAP),
                Map.entry("rw-s 00000000 00:0e 25 /mnt/tmpfs/java_heap.4711 (deleted)", Region.HEAP),
                Map.entry("rw-s 00000000 00:0e 25 /mnt/tmpfs/#1234 (deleted)", Region.HEAP),
                Map.entry("rw-s 00000000 00:0e 25 /data/java_heap.dump", Region.MAPPED),
                Map.entry("rw-s 00000000 00:01 25 /memfd:aeron (deleted)", Region.SHM),
                Map.entry("rw-s 00000000 00:01 0025 /SYSV00000000 (deleted)", Region.SHM),
                Map.entry("rw-s 00000000 00:01 26 /dev/zero (deleted)", Region.SHM),
                Map.entry("rw-p 00000000 00:06 4 /dev/zero", Region.OTHER),
                Map.entry("rw-s 00000000 00:16 26 /dev/shm/aeron-root/cnc.dat", Region.SHM),
                Map.entry("rw-p 00000000 00:16 26 /dev/shm/private", Region.SHM),
                Map.entry("r-xp 00000000 00:16 26 /dev/shm/libnetty.so", Region.LIBS),
                Map.entry("rw-s 00000000 00:2a 27 /dev/nvidia0", Region.MAPPED),
                Map.entry("r--s 00000000 fe:00 32 /opt/app/boot.jar", Region.LIBS),
                Map.entry("rw-s 00000000 fe:00 32 /opt/app/store.jar", Region.MAPPED),
                Map.entry("rw-s 00000000 fe:00 21 /tmp/hsperfdata_root/5100", Region.NATIVE),
                Map.entry("rw-p 00001000 fe:00 32 /usr/lib/jvm/jdk/lib/server/classes.jsa", Region.CDS),
                Map.entry("r--s 00000000 fe:00 32 /usr/lib/jvm/jdk/lib/modules", Region.LIBS),
                Map.entry("r--s 00000000 fe:00 33 /data/store.so", Region.MAPPED),
                Map.entry("rw-p 00000000 fe:00 33 /data/store.so.1", Region.MAPPED),
                Map.entry("rw-s 00000000 fe:00 33 /data/store.jsa", Region.MAPPED),
                Map.entry("r--p 00000000 fe:00 34 /usr/lib/locale/C.utf8/LC_CTYPE", Region.LIBS),
                Map.entry("r--p 00000000 fe:00 34 /data/model.bin", Region.MAPPED),
                Map.entry("r--s 00000000 fe:00 34 /usr/lib64/gconv/gconv-modules.cache", Region.LIBS),
                Map.entry("r--s 00000000 fe:00 34 /data/locale/index", Region.MAPPED),
                Map.entry("rw-p 00000000 fe:00 34 /data/locale/index", Region.MAPPED),
                Map.entry("rw-p 00000000 00:00 0 [anon: glibc: loader malloc]", Region.NATIVE),
                Map.entry("r--s 00000000 fe:00 35 /data/index/_0.cfs", Region.MAPPED),
                Map.entry("rw-p 00000000 fe:00 35 /data/private-copy", Region.MAPPED));

        examples.forEach((line, region) -> assertThat(regions(List.of(), "40000000-40200000 " + line))
                .as(line)
                .containsExactly(region));
    }

    @Test
    void allPiecesOfAFileBelongToALibraryIfOneIsExecutable() {
        assertThat(regions(
                        List.of(),
                        "40000000-40200000 r--p 00000000 fe:00 33 /tmp/libnetty.so (deleted)",
                        "40200000-40400000 r-xp 00200000 fe:00 33 /tmp/libnetty.so (deleted)",
                        "40400000-40600000 rw-p 00400000 fe:00 33 /tmp/libnetty.so (deleted)"))
                .containsOnly(Region.LIBS);
    }

    /** An application maps it whole; of a jar on the boot class path the JVM maps the directory at its end. */
    @Test
    void aLargeJarIsData() {
        assertThat(regions(List.of(), "40000000-40900000 r--s 00000000 fe:00 32 /data/upload.jar"))
                .containsExactly(Region.MAPPED);
    }

    @Test
    void aLargeJarIsDataInSmallWindowsToo() {
        assertThat(regions(
                        List.of(),
                        "40000000-40500000 r--s 00000000 fe:00 32 /data/upload.jar",
                        "50000000-50500000 r--s 00500000 fe:00 32 /data/upload.jar"))
                .containsOnly(Region.MAPPED);
    }

    private static List<Region> regions(List<KnownRange> claims, String... maps) {
        return classify(claims, maps).stream().map(Segment::region).toList();
    }

    private static List<Segment> classify(List<KnownRange> claims, String... maps) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : maps) {
            mappings.add(CapturedMaps.mapping(line));
        }
        return new RegionClassifier(KnownRanges.of(claims, 4096)).classify(mappings);
    }
}
