// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the region of every mapping with what HotSpot's native memory tracking says it is, asked from outside.
 * Memory that cannot be accessed is compared too where we claim to know it.
 */
class RegionsAgreeWithHotSpotIT {

    /** Between the two questions a thread may start, or memory be committed. */
    private static final int ATTEMPTS = 3;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "JDK {0}, {1}")
    @CsvSource({
        "17, Serial", "17, Parallel", "17, G1", "17, Z", "17, Shenandoah", "17, Epsilon",
        "25, Serial", "25, Parallel", "25, G1", "25, Z", "25, Shenandoah", "25, Epsilon"
    })
    @SideBySide
    void withEveryCollector(int version, String collector) throws Exception {
        compare(version, "-XX:+Use" + collector + "GC");
    }

    @ParameterizedTest(name = "JDK {0}, {1}")
    @CsvSource({
        "17, -Xshare:off",
        "25, -Xshare:off",
        "17, -XX:-UseCompressedClassPointers",
        "17, -XX:-SegmentedCodeCache",
        "25, -XX:-SegmentedCodeCache",
        "17, -XX:-UseCompressedOops",
        "25, -XX:-UseCompressedOops",
        "25, -XX:+UseCompactObjectHeaders",
        "17, -XX:+UseTransparentHugePages",
        "25, -XX:+UseTransparentHugePages"
    })
    @SideBySide
    void withFlagsThatChangeTheLayout(int version, String flag) throws Exception {
        compare(version, flag);
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void askingTheJvmStartsNeitherLoggingNorTheMBeanServer(int version) throws Exception {
        try (ProbedJvm jvm = ProbedJvm.inside(Machine.requireJdkOf(version), directory)) {
            assertThat(jvm.classify()).anyMatch(piece -> piece.evidence().equals("DIAGNOSTIC_COMMAND"));
            assertThat(jvm.remarks())
                    .anyMatch(remark -> remark.startsWith("layer diagnostic commands"))
                    .noneMatch(remark -> remark.startsWith("loaded "));
        }
    }

    @SuppressWarnings("SystemOut") // the table of agreement, in the log of the build
    private void compare(int version, String flag) throws Exception {
        Jdk jdk = Machine.requireJdkOf(version);
        try (ProbedJvm jvm = ProbedJvm.inside(
                        jdk,
                        directory,
                        "-Xms64m",
                        "-Xmx256m",
                        "-XX:NativeMemoryTracking=detail",
                        "-XX:+UnlockExperimentalVMOptions",
                        flag);
                ProbedJvm observer = ProbedJvm.outside(jdk, jvm.pid())) {
            jvm.jcmd("VM.version"); // starts the thread that answers, so that it has a stack when we compare
            for (int attempt = 1; ; attempt++) {
                List<ProbedJvm.Piece> inside = jvm.classify();
                List<ProbedJvm.Piece> outside = observer.classify();
                List<Truth> reserved = Truth.ofNativeMemory(jvm.jcmd("VM.native_memory detail"));
                List<Truth> truths = new ArrayList<>(reserved);
                if (version >= 24) {
                    truths.addAll(Truth.ofSystemMap(jvm.jcmd("System.map")));
                }
                Comparison inner = Comparison.of(truths, reserved, inside, Set.of("CDS"));
                Comparison outer = Comparison.of(truths, reserved, outside, Set.of("CDS", "METASPACE"));
                System.out.println("JDK " + version + " " + flag + ": inside " + inner + ", outside " + outer);
                if (attempt == ATTEMPTS
                        || (inner.wrong().isEmpty() && outer.wrong().isEmpty())) {
                    assertThat(inner.compared()).isGreaterThan(30);
                    assertThat(inner.wrong()).isEmpty();
                    assertThat(outer.compared()).isGreaterThan(30);
                    assertThat(outer.wrong()).isEmpty();
                    break;
                }
            }
        }
    }
}
