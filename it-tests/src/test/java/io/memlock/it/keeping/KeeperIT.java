// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keeper repairs what others break, and does what operators ask for over JMX. */
class KeeperIT {

    private static final int MCL_CURRENT = 1;

    /** A period, and some patience. */
    private static final long LATEST_MILLIS = 2500;

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=heap+code+metaspace,strategy=rescan"})
    void repairsAnotherLibrarysMunlockall(String options) {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), options).start()) {
            Keeping.awaitStart(jvm);
            Truth truth = Truth.of(jvm, Jdk.newest());
            assertRepaired(jvm, truth);

            assertThat(jvm.ask("munlockall")).isEqualTo("0");

            assertRepaired(jvm, truth);
        }
    }

    @Test
    void repairsAnotherLibrarysMlockallThatEndsTheLockOnNewMemory() {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), "mode=all").start()) {
            Keeping.awaitStart(jvm);

            assertThat(jvm.ask("mlockall " + MCL_CURRENT)).isEqualTo("0");
            jvm.ask("grow 100");

            long millis = Keeping.millisUntil(() -> Smaps.of(jvm.pid()).residentUnlockedBytes() == 0, LATEST_MILLIS);
            assertThat(millis).as("ms until locked again").isNotNegative();
            jvm.ask("grow 200");
            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes())
                    .as("new memory")
                    .isZero();
        }
    }

    private static void assertRepaired(ForkedJvm jvm, Truth truth) {
        long millis = Keeping.millisUntil(
                () -> truth.selected(Smaps.of(jvm.pid())).residentUnlockedBytes() == 0, LATEST_MILLIS);
        System.out.println("[keeping] repaired after " + millis + " ms");
        assertThat(millis).as("ms until locked again%s", jvm.stderr()).isNotNegative();
    }

    @Test
    void tellsWhereThereIsNoSwapThatOnlyFilesAreAtStake() throws IOException {
        boolean isOff;
        boolean isTold;
        do {
            isOff = isSwapOff();
            isTold = afterAPass().contains("swap is off");
        } while (isOff != isSwapOff()); // a second run of the tests switches it on and off
        assertThat(isTold).isEqualTo(isOff);
        try (SwapFile swap = SwapFile.add(16)) {
            assertThat(afterAPass()).as("%s", swap).doesNotContain("swap is off");
        }
    }

    private static boolean isSwapOff() throws IOException {
        return Files.readAllLines(Path.of("/proc/swaps")).size() == 1; // a headline
    }

    /** What a JVM has on its stderr once the keeper has made its first passes. */
    private static String afterAPass() {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), "mode=all").start()) {
            Keeping.awaitStart(jvm);
            assertThat(jvm.ask("munlockall")).isEqualTo("0");
            eventually(() ->
                    assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
            assertThat(jvm.ask("munlockall")).isEqualTo("0");
            jvm.awaitErrorLine("[memlock] another party");
            return jvm.stderr();
        }
    }

    @Test
    void locksNothingUntilAskedTo() throws Exception {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), "mode=none").start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
                assertThat(client.get("State")).hasToString("UNLOCKED");

                assertThat((String) client.invoke("lock", "mode=all")).startsWith("LOCKED: locked ");
                jvm.ask("grow 100");
                // What was only reserved when the lock was taken, as malloc's arenas are, is born unlocked: one period.
                eventually(() -> assertThat(Keeping.accessibleUnlocked(jvm)).isEmpty());
                assertThat(client.get("State")).hasToString("LOCKED");
                assertThat((String) client.invoke("diagnose")).contains("heap", "VM structures", "limit: unlimited");

                assertThat((String) client.invoke("lock", "mode=heap,strategy=rescan"))
                        .startsWith("LOCKED: locked ");
                Truth truth = Truth.of(jvm, Jdk.newest());
                eventually(
                        () -> assertThat(Smaps.of(jvm.pid()).mappings().stream().filter(Smaps.Entry::isLocked))
                                .isNotEmpty()
                                .allMatch(truth::isHeap));

                assertThat((String) client.invoke("unlock")).startsWith("UNLOCKED");
                assertThat(Smaps.of(jvm.pid()).mappings()).noneMatch(Smaps.Entry::isLocked);
                client.invoke("refresh");
                assertThat(client.getLong("LockedBytes")).isZero();
            }
        }
    }

    @Test
    void saysOverJmxWhatIsWrongWithOptionsAndChangesNothing() throws Exception {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), "mode=heap").start()) {
            Keeping.awaitStart(jvm);
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                String answer;
                try {
                    answer = (String) client.invoke("lock", "mode=heep");
                } catch (JMException | JMRuntimeException e) {
                    answer = e + " " + e.getCause();
                }
                assertThat(answer).contains("did you mean 'heap'?");
                assertThat(client.get("Mode")).isEqualTo("heap");
                assertThat(client.get("State")).hasToString("LOCKED");
            }
        }
    }
}
