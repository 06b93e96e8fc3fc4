// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** An attach leaves the CPUs to the application between two classes, in both JVMs; at a start nobody waits for them. */
class GentleLoadingIT {

    /** Where our loader has a class from. Those of the bootstrap come before, by the application's. */
    private static final Pattern OURS = Pattern.compile("\\[(\\d+)ns\\].* io\\.memlock\\.(?!bootstrap)\\S+ source: ");

    private static final long REST_NANOS = 2_000_000;

    /** Is loaded last on the way to the lock; the keeper itself takes no rests. */
    private static final String KEEPER = " io.memlock.keeper.Keeper ";

    @TempDir
    Path directory;

    @EachJdk
    void restsAfterEachClass(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Path there = directory.resolve("there");
        Path here = directory.resolve("here");
        try (ForkedJvm jvm =
                ForkedJvm.on(jdk).flags(logTo(there)).main(HeapApp.class).start()) {
            jvm.awaitLine("ready");

            List<String> command = Memlock.command(jdk, "attach", jvm.pid());
            command.add(1, logTo(here));
            Commands.run(command).succeeded();
        }
        assertThat(gaps(here)).as("in the command").satisfies(GentleLoadingIT::areRests);
        assertThat(gaps(there)).as("in the JVM it attaches to").satisfies(GentleLoadingIT::areRests);
    }

    @EachJdk
    void takesNoRestsAtAStart(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Path log = directory.resolve("start");
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags(logTo(log))
                .agent("mode=all")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked");
        }
        List<Long> gaps = gaps(log);

        // Not the median: a slow machine takes as long for half of them. With rests only what a second thread loads is
        // quicker.
        assertThat(gaps.get(gaps.size() / 4))
                .as("lower quartile of nanoseconds from one class to the next: %s", gaps)
                .isLessThan(REST_NANOS);
    }

    private static void areRests(List<? extends Long> gaps) {
        assertThat(gaps.get(gaps.size() / 2))
                .as("median of nanoseconds from one class to the next: %s", gaps)
                .isGreaterThanOrEqualTo(REST_NANOS);
    }

    private static String logTo(Path file) {
        return "-Xlog:class+load:file=" + file + ":uptimenanos:filecount=0";
    }

    /** Nanoseconds from one class of ours to the next, up to the keeper; in order of length. */
    private static List<Long> gaps(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log).stream()
                .takeWhile(line -> !line.contains(KEEPER))
                .toList();
        List<Long> times = lines.stream()
                .map(OURS::matcher)
                .flatMap(matcher -> matcher.results())
                .map((MatchResult found) -> Long.parseLong(found.group(1)))
                .toList();
        assertThat(times).as("classes of ours in %s", lines).hasSizeGreaterThan(20);
        return IntStream.range(1, times.size())
                .mapToObj(i -> times.get(i) - times.get(i - 1))
                .sorted()
                .toList();
    }
}
