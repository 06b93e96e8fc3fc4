// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.LuceneApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lucene with an index that it maps, and that is larger than its container. */
class LuceneIT {

    private static final String EVERY_JDK = "io.memlock.it.harness.Jdk#all";
    private static final long MIB = 1 << 20;
    private static final int INDEX_MIB = 300;
    private static final long CONTAINER_BYTES = 200 * MIB;

    private Path index;

    @BeforeEach
    void makeDirectory() throws IOException {
        Machine.requireUnlimitedLocking();
        index = Files.createTempDirectory(Path.of("target").toRealPath(), "lucene"); // on a disk
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        try (Stream<Path> files = Files.list(index)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(index);
    }

    /** What it reads is the kernel's to drop; what it runs in is not. */
    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void readsAnIndexLargerThanItsContainerAndKeepsItsHeap(Jdk jdk) {
        try (MemoryCgroup container = MemoryCgroup.withLimit(CONTAINER_BYTES);
                ForkedJvm jvm = app(jdk, "mode=all", container).start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked");
            jvm.ask("write " + INDEX_MIB);
            jvm.ask("open");
            for (int round = 0; round < 2; round++) {
                assertThat(jvm.ask("all")).isEqualTo(Long.toString(INDEX_MIB * MIB));
                jvm.ask("random 1000");
            }

            eventually(() -> assertThat(ofIndex(jvm)).isNotEmpty().noneMatch(Smaps.Entry::isLocked));
            eventually(() -> assertThat(Keeping.accessibleUnlocked(jvm).stream()
                            .filter(entry -> !entry.path().startsWith(index.toString())))
                    .isEmpty());
            assertThat(Smaps.of(jvm.pid()).swappedBytes()).as("bytes in swap").isZero();
            assertSaysNothingUntrue(jvm);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void keepsThePartOfTheIndexThatIsChosen(Jdk jdk) throws IOException {
        try (MemoryCgroup container = MemoryCgroup.withLimit(2 * CONTAINER_BYTES);
                ForkedJvm jvm = app(jdk, "mapped=" + index + "/*.fdt,interval=100ms", container)
                        .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked");
            jvm.ask("write " + INDEX_MIB / 3);
            jvm.ask("open");
            jvm.ask("all");
            eventually(() -> assertThat(ofIndex(jvm))
                    .anyMatch(Smaps.Entry::isLocked)
                    .allMatch(entry -> entry.isLocked() == entry.path().endsWith(".fdt")));
            long locked = ofIndex(jvm).stream().mapToLong(Smaps.Entry::locked).sum();
            assertThat(locked).isGreaterThan(INDEX_MIB / 3 * MIB * 9 / 10);

            container.setLimitBytes(CONTAINER_BYTES * 5 / 4);
            Keeping.sleep(1000);
            assertThat(ofIndex(jvm).stream().mapToLong(Smaps.Entry::locked).sum())
                    .as("locked under pressure")
                    .isEqualTo(locked);
            assertSaysNothingUntrue(jvm);
        }
    }

    private List<Smaps.Entry> ofIndex(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).mappings().stream()
                .filter(entry -> entry.path().startsWith(index.toString()))
                .toList();
    }

    private static void assertSaysNothingUntrue(ForkedJvm jvm) {
        assertThat(jvm.stderr().lines().filter(line -> line.startsWith("[memlock]")))
                .as("%s", jvm.stderr())
                .noneMatch(line -> line.contains("somebody") || line.contains("PARTIAL") || line.contains("NOT LOCKED"))
                .noneMatch(line -> line.contains("warning: what is locked can grow"));
    }

    private ForkedJvm.Builder app(Jdk jdk, String options, MemoryCgroup container) {
        return ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xmx64m")
                .wrapper(container.wrapper())
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(IndexWriter.class))
                .main(LuceneApp.class, index.toString());
    }
}
