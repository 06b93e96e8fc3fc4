// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.MappingApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of a file that is not to be locked not one byte ever is, though new mappings are born locked. */
class MappedFilesIT {

    private static final String SEEN = "[memlock] mapped files are unlocked at once";
    private static final String TIMES = " 40";
    private static final int MOST_ROUNDS = 400;
    private static final long FEWEST_SAMPLES = 10;
    private static final int BYTES = 4 << 20;
    private static final int FIRST_WITH_SEGMENTS = 22;
    private static final int MCL_CURRENT_AND_FUTURE = 3;

    private Path file;
    private Path shared;

    @BeforeEach
    void makeFiles() throws IOException {
        Machine.requireUnlimitedLocking();
        file = Files.createTempFile(Path.of("target"), "mapped", ".data").toAbsolutePath();
        shared = Files.createTempFile(Path.of("/dev/shm"), "mapped", ".data");
        for (Path each : List.of(file, shared)) {
            Files.write(each, new byte[BYTES]);
        }
    }

    @AfterEach
    void deleteFiles() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(shared);
    }

    static List<Arguments> ways() {
        return Jdk.all().stream()
                .flatMap(jdk -> Stream.of("buffer", "copy", "segment")
                        .filter(how -> !how.equals("segment") || jdk.feature() >= FIRST_WITH_SEGMENTS)
                        .map(how -> Arguments.of(how, jdk)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ways")
    @SideBySide
    void isNeverLockedForAMoment(String how, Jdk jdk) {
        try (ForkedJvm jvm = mapping(jdk, "mode=all,interval=1h,log=debug")) {
            jvm.awaitErrorLine(SEEN);
            try (Sampler sampler = new Sampler(() -> lockedBytes(jvm, file), 0)) {
                for (int round = 0; round < MOST_ROUNDS && sampler.samples() < FEWEST_SAMPLES; round++) {
                    jvm.ask("map " + how + " " + file + TIMES);
                    jvm.ask("read");
                }
                assertThat(sampler.samples()).isGreaterThanOrEqualTo(FEWEST_SAMPLES);
                assertThat(sampler.largest())
                        .as("bytes locked at some moment%s", jvm.stderr())
                        .isZero();
            }
            assertThat(mappingsOf(jvm, file)).hasSizeGreaterThan(39).noneMatch(Smaps.Entry::isLocked);
        }
    }

    @EachJdk
    @SideBySide
    void leavesSharedMemoryLockedThatIsToBe(Jdk jdk) {
        try (ForkedJvm jvm = mapping(jdk, "mode=all,interval=1h,log=debug")) {
            jvm.awaitErrorLine(SEEN);
            jvm.ask("map buffer " + shared + TIMES);

            assertThat(mappingsOf(jvm, shared)).hasSize(40).allMatch(Smaps.Entry::isLockedOnFault);
        }
    }

    @EachJdk
    @SideBySide
    void leavesWhatTheApplicationsOwnMlockallLocked(Jdk jdk) {
        try (ForkedJvm jvm = mapping(jdk, "mode=all,interval=1h,log=debug")) {
            jvm.awaitErrorLine(SEEN);
            assertThat(jvm.ask("mlockall " + MCL_CURRENT_AND_FUTURE)).isEqualTo("0");
            jvm.ask("map buffer " + file + TIMES);

            assertThat(mappingsOf(jvm, file))
                    .hasSize(40)
                    .allMatch(entry -> entry.isLocked() && !entry.isLockedOnFault());
        }
    }

    /** On JDK 17 it has the same class of the JDK changed anew. */
    @EachJdk
    @SideBySide
    void isNeverLockedAfterAFlightRecordingHasBegun(Jdk jdk, @TempDir Path repository) {
        try (ForkedJvm jvm = mapping(jdk, "mode=all,interval=1h,log=debug")) {
            jvm.awaitErrorLine(SEEN);
            jdk.jcmd(
                    jvm.pid(),
                    "JFR.configure",
                    "repositorypath=" + repository); // a JVM that is killed leaves it behind
            assertThat(jdk.jcmd(jvm.pid(), "JFR.start")).contains("Started recording");
            assertThat(repository).isNotEmptyDirectory();
            jvm.ask("map buffer " + file + TIMES);

            assertThat(lockedMappings(jvm, file)).isZero();
        }
    }

    @EachJdk
    @SideBySide
    void isLeftToTheKeeperWhereTheOptionSaysSo(Jdk jdk) {
        try (ForkedJvm jvm = mapping(jdk, "mode=all,interval=1h,log=debug,track=off")) {
            jvm.awaitErrorLine("[memlock] locked");
            Keeping.sleep(3000);
            jvm.ask("map buffer " + file + " 1");

            assertThat(lockedMappings(jvm, file)).isOne();
            assertThat(jvm.stderr()).doesNotContain(SEEN);
        }
    }

    private static ForkedJvm mapping(Jdk jdk, String options) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xmx64m", "-Xlog:disable", "-Xlog:all=warning:stderr")
                .withJna()
                .main(MappingApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static List<Smaps.Entry> mappingsOf(ForkedJvm jvm, Path path) {
        return Smaps.of(jvm.pid()).ofFile(path).mappings();
    }

    private static long lockedBytes(ForkedJvm jvm, Path path) {
        return mappingsOf(jvm, path).stream().mapToLong(Smaps.Entry::locked).sum();
    }

    private static long lockedMappings(ForkedJvm jvm, Path path) {
        return mappingsOf(jvm, path).stream().filter(Smaps.Entry::isLocked).count();
    }
}
