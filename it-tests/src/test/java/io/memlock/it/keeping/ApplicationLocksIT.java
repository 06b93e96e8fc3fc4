// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.LockStormApp;
import io.memlock.it.apps.MappingApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No lock that the application takes is lost, not for a moment, on memory it maps and unmaps as fast as it can. */
class ApplicationLocksIT {

    private static final long STORM_MILLIS = 6000;
    private static final long BETWEEN_MILLIS = 1500;
    private static final int FEWEST_LOCKS = 300;
    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        Machine.requireUnlimitedLocking();
        file = Files.createTempFile(Path.of("target"), "locked", ".data").toAbsolutePath();
        Files.write(file, new byte[1 << 20]);
    }

    @AfterEach
    void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    /** An on-fault lock on a file, with mode=all, looks as if the mapping was created with it: docs/locking.md says so. */
    static List<Arguments> cases() {
        return Stream.of(
                        Arguments.of("mode=all", "mlock", "anonymous"),
                        Arguments.of("mode=all", "onfault", "anonymous"),
                        Arguments.of("mode=all", "mlock", "file"),
                        Arguments.of("mode=heap", "mlock", "anonymous"),
                        Arguments.of("mode=heap", "onfault", "anonymous"),
                        Arguments.of("mode=heap", "mlock", "file"),
                        Arguments.of("mode=heap", "onfault", "file"),
                        Arguments.of("exclude=heap", "onfault", "anonymous"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @SideBySide
    void noneIsLostWhileTheKeeperWorks(String options, String call, String what) {
        try (ForkedJvm jvm = storm(call, what).agent(options).start()) {
            jvm.awaitLine("ready");
            Keeping.sleep(STORM_MILLIS);
            assertNoneLost(jvm);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=heap"})
    @SideBySide
    void noneIsLostWhenTheLockIsChangedAndGivenBack(String options) throws Exception {
        try (ForkedJvm jvm = storm("mlock", "anonymous").agent(options).start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                for (String next : new String[] {"mode=heap+code", "mode=all"}) {
                    assertThat((String) client.invoke("lock", next)).startsWith("LOCKED");
                    Keeping.sleep(BETWEEN_MILLIS);
                }
                assertThat((String) client.invoke("unlock")).startsWith("UNLOCKED");
                Keeping.sleep(BETWEEN_MILLIS);
            }
            assertNoneLost(jvm);
        }
    }

    /** What was mapped before was locked by us alone, what is mapped from then on by the application's doing. */
    @EachJdk
    @SideBySide
    void newMappingsAreStillBornLockedForTheApplicationAfterAnUnlock(Jdk jdk) {
        try (ForkedJvm jvm = application(jdk).main(MappingApp.class).start()) {
            jvm.awaitLine("ready");
            jvm.ask("map buffer " + file + " 1");
            assertThat(jvm.ask("mlockall " + MCL_FUTURE)).isEqualTo("0");

            Memlock.run("attach", jvm.pid(), "mode=all").succeeded();
            Memlock.run("unlock", jvm.pid()).succeeded();
            jvm.ask("map buffer " + file + " 3");

            List<Smaps.Entry> mappings = Smaps.of(jvm.pid()).ofFile(file).mappings();
            assertThat(mappings).hasSize(4);
            assertThat(mappings).filteredOn(Smaps.Entry::isLocked).hasSize(3).noneMatch(Smaps.Entry::isLockedOnFault);
        }
    }

    @EachJdk
    @SideBySide
    void anotherMlockallThanOursIsStillInForceAfterAnUnlock(Jdk jdk) throws Exception {
        try (ForkedJvm jvm =
                application(jdk).agent("mode=all").main(MappingApp.class).start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.ask("mlockall " + MCL_FUTURE)).isEqualTo("0");
            Keeping.sleep(BETWEEN_MILLIS);

            Memlock.run("unlock", jvm.pid()).succeeded();
            jvm.ask("map buffer " + file + " 1");

            assertThat(Smaps.of(jvm.pid()).ofFile(file).mappings())
                    .hasSize(1)
                    .allMatch(entry -> entry.isLocked() && !entry.isLockedOnFault());
            assertThat(Smaps.of(jvm.pid()).mappings())
                    .as("of what was ours nothing is left%s", jvm.stderr())
                    .noneMatch(entry -> entry.isLockedOnFault() && entry.rss() > 0);
        }
    }

    /** Servers lock all there is when they are up, and their heap grows later. */
    @EachJdk
    @SideBySide
    void anotherMlockallThanOursOutlivesAHeapThatGrows(Jdk jdk) {
        try (ForkedJvm jvm = Keeping.growing(jdk, "mode=heap,strategy=rescan").start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, jdk);
            jvm.ask("grow 100");
            Keeping.sleep(BETWEEN_MILLIS);
            assertThat(jvm.ask("mlockall " + MCL_CURRENT)).isEqualTo("0");
            jvm.ask("grow 250");
            Keeping.sleep(BETWEEN_MILLIS);

            Memlock.run("unlock", jvm.pid()).succeeded();

            assertThat(Smaps.of(jvm.pid()).mappings())
                    .filteredOn(truth::isHeap)
                    .filteredOn(entry -> entry.isLocked() && entry.rss() > 0)
                    .as("of the heap that the application has locked%s", jvm.stderr())
                    .isNotEmpty()
                    .noneMatch(Smaps.Entry::isLockedOnFault);
        }
    }

    private ForkedJvm.Builder storm(String call, String what) {
        return application(Jdk.newest()).main(LockStormApp.class, call, what.equals("file") ? file.toString() : what);
    }

    private static ForkedJvm.Builder application(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx128m").withJna();
    }

    private static void assertNoneLost(ForkedJvm jvm) {
        jvm.send("");
        String[] counts = jvm.awaitLine("storm").split(" ", -1);
        System.out.println("[keeping] locks of the application: " + counts[1] + ", lost: " + counts[2]);
        assertThat(Long.parseLong(counts[1])).as("locks").isGreaterThan(FEWEST_LOCKS);
        assertThat(Long.parseLong(counts[2])).as("lost%s", jvm.stderr()).isZero();
    }
}
