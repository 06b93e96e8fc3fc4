// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosticReportsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdk17-serial",
                "jdk17-parallel",
                "jdk17-g1",
                "jdk17-shenandoah",
                "jdk25-serial",
                "jdk25-parallel",
                "jdk25-g1",
                "jdk25-shenandoah"
            })
    void findsTheWholeReservedHeap(String name) throws IOException {
        List<KnownRange> heap = DiagnosticReports.heap(new CapturedJvm(name).execute(DiagnosticReports.HEAP));

        assertThat(heap).allMatch(range -> range.region() == Region.HEAP);
        assertThat(heap.stream().mapToLong(KnownRange::start).min()).hasValue(0xf0000000L);
        assertThat(heap.stream().mapToLong(KnownRange::end).max()).hasValue(0x100000000L);
        assertThat(heap.stream().mapToLong(range -> range.end() - range.start()).sum())
                .isEqualTo(256L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk17-epsilon", "jdk25-epsilon"})
    void findsTheCommittedHeapOfEpsilonWhichSaysNoMore(String name) throws IOException {
        assertThat(DiagnosticReports.heap(new CapturedJvm(name).execute(DiagnosticReports.HEAP)))
                .containsExactly(reported(0xf0000000L, 0xf4000000L, Region.HEAP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk17-z", "jdk25-z"})
    void findsNoHeapOfZgcWhichSaysNoAddress(String name) throws IOException {
        assertThat(DiagnosticReports.heap(new CapturedJvm(name).execute(DiagnosticReports.HEAP)))
                .isEmpty();
    }

    @Test
    void findsEachCodeHeap() throws IOException {
        assertThat(DiagnosticReports.codeHeaps(new CapturedJvm("jdk25-g1").execute(DiagnosticReports.CODE_CACHE)))
                .containsExactly(
                        reported(0x00007f5f0fec7000L, 0x00007f5f17400000L, Region.CODE),
                        reported(0x00007f5f083ff000L, 0x00007f5f0f938000L, Region.CODE),
                        reported(0x00007f5f0f938000L, 0x00007f5f0fec7000L, Region.CODE));
    }

    @ParameterizedTest
    @MethodSource("io.memlock.hotspot.CapturedJvm#all")
    void findsThreeCodeHeapsWithEveryCollector(CapturedJvm jvm) throws IOException {
        assertThat(DiagnosticReports.codeHeaps(jvm.execute(DiagnosticReports.CODE_CACHE)))
                .hasSize(3);
    }

    @Test
    void findsMetaspaceNodesAndTheClassSpace() throws IOException {
        assertThat(DiagnosticReports.metaspaceNodes(new CapturedJvm("jdk17-g1").execute(DiagnosticReports.METASPACE)))
                .containsExactly(
                        reported(0x00007feb63000000L, 0x00007feb67000000L, Region.METASPACE),
                        reported(0x00007feb68000000L, 0x00007feba8000000L, Region.METASPACE));
    }

    @Test
    void findsNothingInWhatItDoesNotUnderstand() {
        String text = "- node #0: base 0x00007feb63000000: committed\n bounds [none]\n total [0x)\n";

        assertThat(DiagnosticReports.metaspaceNodes(text)).isEmpty();
        assertThat(DiagnosticReports.codeHeaps(text)).isEmpty();
        assertThat(DiagnosticReports.heap(text)).isEmpty();
    }

    @Test
    void takesNoLineForANodeThatLacksAPartOfIt() {
        String node = "- node #0: base 0x00007feb63000000: reserved=65536.00 KB, committed=384.00 KB\n";
        assertThat(DiagnosticReports.metaspaceNodes(node)).hasSize(1);

        assertThat(DiagnosticReports.metaspaceNodes("  " + node)).isEmpty();
        assertThat(DiagnosticReports.metaspaceNodes(node.replace(" KB", " MB"))).isEmpty();
        assertThat(DiagnosticReports.metaspaceNodes(node.replace("reserved", "held")))
                .isEmpty();
        assertThat(DiagnosticReports.metaspaceNodes(node.replace("base", "at"))).isEmpty();
        assertThat(DiagnosticReports.metaspaceNodes(node.replace("65536", "0"))).isEmpty();
    }

    @Test
    void takesNoRangeThatIsEmptyOrAtNull() {
        assertThat(DiagnosticReports.codeHeaps(" bounds [0x0000000000000000, 0x10, 0x10]\n"))
                .isEmpty();
        assertThat(DiagnosticReports.codeHeaps(" bounds [0x1000, 0x1000, 0x1000]\n"))
                .isEmpty();
        assertThat(DiagnosticReports.codeHeaps(" bounds [0x1000]\n")).isEmpty();
        assertThat(DiagnosticReports.codeHeaps(" bounds [0x1000, 0x1001]")).hasSize(1);
    }

    private static KnownRange reported(long start, long end, Region region) {
        return new KnownRange(start, end, region, Evidence.DIAGNOSTIC_COMMAND);
    }
}
