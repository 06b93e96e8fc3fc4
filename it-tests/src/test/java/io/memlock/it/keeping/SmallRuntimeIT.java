// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.SmallRuntime;
import io.memlock.it.harness.Smaps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent on Java runtimes as jlink makes them, with the module an agent needs and some of those it can miss. */
class SmallRuntimeIT {

    private static final long GROWN_BYTES = 150L << 20;
    private static final String ALONE = "java.instrument";
    private static final String NO_JMX = "no MXBean: this Java runtime lacks the module java.management";
    private static final String NO_JFR = "no events in Flight Recorder: this Java runtime lacks the module jdk.jfr";
    private static final String NO_COMMANDS = "this Java runtime lacks the module jdk.management";
    private static final Pattern LACKS = Pattern.compile("lacks the module");
    private static final long GROWN_CLASSES_BYTES = 40L << 20;
    private static final Pattern METASPACE =
            Pattern.compile("\"region\":\"metaspace\".*?\"residentBytes\":(\\d+).*?\"lockedBytes\":(\\d+)");

    /** Until metaspace is looked for again: a minute after looks in vain, or a hundred times what a look took. */
    private static final Duration LOOKS_IN_VAIN = Duration.ofMinutes(10);

    @TempDir
    private static Path directory;

    static List<Arguments> missing() {
        return Jdk.all().stream()
                .flatMap(jdk -> Stream.of(
                        Arguments.of(jdk, ALONE, List.of(NO_JMX, NO_JFR, NO_COMMANDS)),
                        Arguments.of(jdk, ALONE + ",java.management", List.of(NO_JFR, NO_COMMANDS)),
                        Arguments.of(jdk, ALONE + ",jdk.management,jdk.jfr", List.of())))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("missing")
    @SideBySide
    void tellsInOneLineWhatEachMissingModuleCosts(Jdk jdk, String modules, List<String> sentences) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(SmallRuntime.of(jdk, modules, directory))
                .agent("mode=all,log=debug")
                .flags("-Xmx64m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitErrorLine("[memlock] the last line will be like this");

            List<String> told = jvm.stderr().lines().filter(LACKS.asPredicate()).toList();
            assertThat(told).as(jvm.stderr()).hasSameSizeAs(sentences);
            sentences.forEach(sentence -> assertThat(told).as(jvm.stderr()).anyMatch(line -> line.contains(sentence)));
            assertThat(jvm.stderr())
                    .contains("locked")
                    .doesNotContain("Exception")
                    .doesNotContain("Error");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all,jmx=off,jfr=off", "mode=heap,strategy=rescan,jmx=off"})
    @SideBySide
    void keepsAGrowingHeapLocked(String options) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(SmallRuntime.of(Jdk.current(), ALONE, directory))
                .agent(options)
                .flags("-XX:+UseSerialGC", "-Xms32m", "-Xmx512m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 200");

            eventually(() -> assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(GROWN_BYTES));
            assertThat(jvm.stderr())
                    .contains("locked")
                    .doesNotContain("lacks the module")
                    .doesNotContain("Exception")
                    .doesNotContain("Error");
        }
    }

    /** Without jdk.management a JVM cannot be asked where its metaspace is. */
    @EachJdk
    @SideBySide
    void keepsMetaspaceLockedThatGrowsUnasked(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(SmallRuntime.of(jdk, ALONE, directory))
                .agent("mode=metaspace")
                .flags("-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitErrorLine("[memlock] locked");
            jvm.ask("classes 8000");

            eventually(LOOKS_IN_VAIN, () -> {
                Outcome regions = Memlock.run("regions", jvm.pid(), "--json");
                Matcher metaspace = METASPACE.matcher(regions.stdout());
                assertThat(metaspace.find()).as(regions::toString).isTrue();
                long resident = Long.parseLong(metaspace.group(1));
                assertThat(resident).isGreaterThan(GROWN_CLASSES_BYTES);
                assertThat(Long.parseLong(metaspace.group(2))).isGreaterThan(resident * 95 / 100);
            });
        }
    }
}
