// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import io.memlock.options.OptionParser;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The host has 24,684,092 kB, of which 23,594,884 are available. */
class SizesTest extends OnCapturedHost {

    private static final long KIB = 1 << 10;
    private static final String LIMIT = "sys/fs/cgroup/memory/memory.limit_in_bytes";
    private static final String USAGE = "sys/fs/cgroup/memory/memory.usage_in_bytes";

    @Test
    void saysWhatTheSelectionTakes() throws IOException {
        assertThat(find(64 * MIB, "need").evidence())
                .isEqualTo("committed now 4.0 MiB, in RAM at most 64.0 MiB (heap 64.0 MiB); all of the JVM is 40.9 MiB"
                        + " resident");
    }

    @Test
    void theHostsRamHasToHoldIt() throws IOException {
        assertThat(find(24_684_092 * KIB + 1, "host RAM").severity()).isEqualTo(Severity.WARN);
        assertThat(find(24_684_092 * KIB + 1, "host RAM").evidence()).contains("OOM killer");
        assertThat(find(64 * MIB, "host RAM").severity()).isEqualTo(Severity.OK);
    }

    @Test
    void theRestMayBeTakenByOthers() throws IOException {
        long resident = 4 * MIB;

        assertThat(find(23_594_884 * KIB + resident + 1, "host RAM").evidence()).contains("other processes have");
        assertThat(find(23_594_884 * KIB + resident, "host RAM").severity()).isEqualTo(Severity.OK);
    }

    /** The selection needs what is available beside its own pages: those of other files are no part of it. */
    @Test
    void whatIsResidentOfFilesCountsForFilesOnly() throws IOException {
        ExaminedJvmBuilder builder = new ExaminedJvmBuilder()
                .status("VmRSS:.*", "VmRSS:\t1000000 kB")
                .status("RssFile:.*", "RssFile:\t900000 kB")
                .segment(Region.MAPPED, 0x1_0000_0000L, 2000 * MIB, "r", "/data/index")
                .heapMax(23_594_884 * KIB + 5 * MIB);

        assertThat(hostRam(builder.build(), Region.HEAP).evidence()).contains("other processes have");
        long most = (23_594_884 + 900_000) * KIB + 4 * MIB;
        builder.heapMax(most - 2000 * MIB);
        assertThat(hostRam(builder.build(), Region.HEAP, Region.MAPPED).severity())
                .isEqualTo(Severity.OK);
    }

    private Finding hostRam(ExaminedJvm examined, Region... regions) {
        return new Sizes(host.proc(), examined)
                .findings(MemoryNeed.of(examined, Selection.of(List.of(regions)))).stream()
                        .filter(finding -> finding.check().equals("host RAM"))
                        .findFirst()
                        .orElseThrow();
    }

    /** The agent asks the same question when it chooses its strategy. */
    @Test
    void aReadFileIsNotTakenForHeapThatIsThereAlready() {
        host.put(LIMIT, 1600 * MIB + "\n").put(USAGE, 100 * MIB + "\n");
        ExaminedJvmBuilder builder = new ExaminedJvmBuilder()
                .segment(Region.HEAP, 0x1_0000_0000L, 46 * MIB, "rw", "")
                .status("RssAnon:.*", "RssAnon:\t102400 kB")
                .status("VmRSS:.*", "VmRSS:\t819200 kB");
        assertThat(new Sizes(host.proc(), builder.heapMax(526 * MIB).build()).isRoomForFilesScarce())
                .isFalse();

        assertThat(new Sizes(host.proc(), builder.heapMax(526 * MIB + 1).build()).isRoomForFilesScarce())
                .as("only 50 MiB of the heap are committed")
                .isTrue();
    }

    @Test
    void aHeapInHugePagesOfHugetlbfsTakesNoRoom() {
        host.put(LIMIT, 1600 * MIB + "\n").put(USAGE, 100 * MIB + "\n");
        ExaminedJvm examined = new ExaminedJvmBuilder().hugetlbHeap(48L << 30).build();

        assertThat(new Sizes(host.proc(), examined).isRoomForFilesScarce()).isFalse();
        assertThat(hostRam(examined, Region.HEAP).severity()).isEqualTo(Severity.OK);
    }

    @Test
    void theCgroupHasToHoldIt() throws IOException {
        assertThat(find(64 * MIB, "memory cgroup")).isEqualTo(Finding.ok("memory cgroup", "no limit"));
        host.put(LIMIT, 64 * MIB + "\n");
        assertThat(find(64 * MIB, "memory cgroup").evidence()).isEqualTo("at most 64.0 MiB of 64.0 MiB");
        Finding tooSmall = find(64 * MIB + 1, "memory cgroup");
        assertThat(tooSmall.severity()).isEqualTo(Severity.WARN);
        assertThat(tooSmall.evidence()).contains("the limit is 64.0 MiB", "OOM killer");
    }

    /** As in a sidecar that shares the processes of the JVM's container. */
    @Test
    void aCgroupThatCannotBeSeenIsNotKnown() throws IOException {
        host.put("proc/17258/cgroup", "4:memory:/../h1a\n");

        assertThat(find(64 * MIB, "memory cgroup"))
                .isEqualTo(Finding.note("memory cgroup", "not known: its files cannot be read here"));
        assertThat(prefault(10 * MIB).severity()).isEqualTo(Severity.NOTE);
        assertThat(prefault(10 * MIB).evidence()).endsWith("; what the memory cgroup has left is not known");
        assertThat(prefault(23_594_884 * KIB + 4096).severity()).isEqualTo(Severity.FAIL);
    }

    @Test
    void inAContainerOfVersion2ALimitMayBeHidden() throws IOException {
        host.put("proc/17258/cgroup", "0::/\n");
        host.put("sys/fs/cgroup/unified/cgroup.controllers", "cpu memory\n");
        assertThat(find(64 * MIB, "memory cgroup").evidence()).isEqualTo("no limit");

        host.put("sys/fs/cgroup/unified/cgroup.events", "populated 1\n");
        host.put("sys/fs/cgroup/unified/memory.max", "max\n");
        host.put("sys/fs/cgroup/unified/memory.current", MIB + "\n");
        assertThat(find(64 * MIB, "memory cgroup"))
                .isEqualTo(Finding.ok("memory cgroup", "no limit that can be seen here"));
    }

    @Test
    void tellsWhyAHeapOutgrowsALimitThatNobodyAskedItTo() throws IOException {
        host.put(LIMIT, 64 * MIB + "\n");

        assertThat(cgroupEvidence(256)).contains("may become 256.0 MiB", "did not see the limit");
        assertThat(cgroupEvidence(256, "-XX:-UseContainerSupport")).contains("because of -XX:-UseContainerSupport");
        assertThat(cgroupEvidence(256, "-XX:MaxRAMPercentage=75")).doesNotContain("derive");
        assertThat(cgroupEvidence(256, "-Xmx256m")).doesNotContain("derive");
        assertThat(cgroupEvidence(64)).doesNotContain("derive");
    }

    @Test
    void namesNoCauseWhereAFlagMayBeIt() throws IOException {
        host.put(LIMIT, 64 * MIB + "\n");

        assertThat(cgroupEvidence(new ExaminedJvmBuilder().heapMax(256 * MIB).flagsUnknown()))
                .endsWith("so the OOM killer would come");
    }

    private String cgroupEvidence(long heapMebibytes, String... options) throws IOException {
        return cgroupEvidence(new ExaminedJvmBuilder().options(options).heapMax(heapMebibytes * MIB));
    }

    private String cgroupEvidence(ExaminedJvmBuilder builder) throws IOException {
        ExaminedJvm examined = builder.build();
        return new Sizes(host.proc(), examined)
                .findings(MemoryNeed.of(examined, Selection.of(List.of(Region.HEAP, Region.CODE)))).stream()
                        .filter(finding -> finding.check().equals("memory cgroup"))
                        .findFirst()
                        .orElseThrow()
                        .evidence();
    }

    /** Of all that a JVM has reserved and mapped hardly any is resident: it fits, as nearly any does. */
    @Test
    void aSmallContainerHoldsASmallJvm() throws Exception {
        host.put(LIMIT, 128 * MIB + "\n");
        ExaminedJvm examined = new ExaminedJvmBuilder()
                .segment(Region.LIBS, 0x1_0000_0000L, 146 * MIB, "r", "/jdk/lib/modules")
                .segment(Region.MAPPED, 0x2_0000_0000L, 1000 * MIB, "r", "/data/index")
                .build();

        assertThat(new Sizes(host.proc(), examined)
                        .findings(MemoryNeed.of(
                                examined, OptionParser.parse("mode=all").selection())))
                .filteredOn(finding -> finding.check().equals("memory cgroup"))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.severity()).as(finding.evidence()).isEqualTo(Severity.OK));
    }

    @Test
    void memoryHighSlowsDown() throws IOException {
        host.put("proc/17258/cgroup", "0::/unit\n");
        host.put("sys/fs/cgroup/unified/unit/memory.max", "max\n");
        host.put("sys/fs/cgroup/unified/unit/memory.current", MIB + "\n");
        host.put("sys/fs/cgroup/unified/unit/memory.high", 64 * MIB + "\n");

        Finding below = find(64 * MIB, "memory cgroup");
        assertThat(below.severity()).isEqualTo(Severity.OK);
        assertThat(below.evidence()).isEqualTo("no limit, memory.high is 64.0 MiB");
        Finding above = find(65 * MIB, "memory cgroup");
        assertThat(above.severity()).isEqualTo(Severity.WARN);
        assertThat(above.evidence()).contains("memory.high is 64.0 MiB");
    }

    @Test
    void prefaultNeedsRoomForWhatIsNotResidentYet() throws IOException {
        host.put(LIMIT, 100 * MIB + "\n").put(USAGE, 90 * MIB + "\n");

        assertThat(prefault(10 * MIB).severity()).isEqualTo(Severity.OK);
        assertThat(prefault(10 * MIB).evidence()).startsWith("needs 10.0 MiB more memory");
        Finding tooLittle = prefault(10 * MIB + 4096);
        assertThat(tooLittle.severity()).isEqualTo(Severity.FAIL);
        assertThat(tooLittle.evidence()).contains("the memory cgroup has 10.0 MiB left");
        host.put(LIMIT, "9223372036854771712\n");
        assertThat(prefault(23_594_884 * KIB).severity()).isEqualTo(Severity.OK);
        assertThat(prefault(23_594_884 * KIB + 4096).evidence()).contains("the host has 22.5 GiB left");
    }

    /** No call populates them. */
    @Test
    void prefaultNeedsNoRoomForHugePagesOfHugetlbfs() throws IOException {
        host.put(LIMIT, 100 * MIB + "\n").put(USAGE, 90 * MIB + "\n");
        ExaminedJvm examined = new ExaminedJvmBuilder().hugetlbHeap(8L << 30).build();

        Finding found = new Sizes(host.proc(), examined).prefault(Selection.of(List.of(Region.HEAP)));

        assertThat(found.severity()).isEqualTo(Severity.OK);
        assertThat(found.evidence()).startsWith("needs 0 B more memory");
    }

    @Test
    void prefaultNeedsRoomBelowMemoryHigh() throws IOException {
        host.put("proc/17258/cgroup", "0::/unit\n");
        host.put("sys/fs/cgroup/unified/unit/memory.max", "max\n");
        host.put("sys/fs/cgroup/unified/unit/memory.high", 64 * MIB + "\n");
        host.put("sys/fs/cgroup/unified/unit/memory.current", 54 * MIB + "\n");

        assertThat(prefault(10 * MIB).severity()).isEqualTo(Severity.OK);
        assertThat(prefault(10 * MIB + 4096).severity()).isEqualTo(Severity.FAIL);
    }

    @Test
    void whatTheRestOfTheJvmHoldsInRamDoesNotCountForPrefault() throws IOException {
        ExaminedJvm examined =
                new ExaminedJvmBuilder().status("VmRSS:.*", "VmRSS:\t900000 kB").build();

        assertThat(new Sizes(host.proc(), examined)
                        .prefault(Selection.of(List.of(Region.HEAP)))
                        .evidence())
                .startsWith("needs 1.0 MiB more memory");
    }

    /** Of a heap of which so much is committed and not resident. */
    private Finding prefault(long bytes) throws IOException {
        ExaminedJvm examined = new ExaminedJvmBuilder()
                .segment(Region.HEAP, 0x1_0000_0000L, bytes, "rw", "")
                .resident(4 * MIB)
                .build();
        return new Sizes(host.proc(), examined).prefault(Selection.of(List.of(Region.HEAP)));
    }

    private Finding find(long heapMaxBytes, String check) throws IOException {
        ExaminedJvm examined = new ExaminedJvmBuilder().heapMax(heapMaxBytes).build();
        return new Sizes(host.proc(), examined)
                .findings(MemoryNeed.of(examined, Selection.of(List.of(Region.HEAP)))).stream()
                        .filter(finding -> finding.check().equals(check))
                        .findFirst()
                        .orElseThrow();
    }
}
