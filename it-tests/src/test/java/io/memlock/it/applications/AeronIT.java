// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.memlock.it.apps.AeronApp;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Aeron under memory pressure: its buffers are files in memory, swap is their only disk, and they are locked by default. */
class AeronIT {

    private static final long MIB = 1 << 20;
    private static final long CONTAINER_BYTES = 400 * MIB;
    private static final int SWAP_MIB = 768;

    /** What the neighbour takes at once: the kernel kills one that takes far more than it can swap out in time. */
    private static final int STEP_MIB = 20;

    private static final int MOST_STEPS = 40;
    private static final long IN_SWAP_BYTES = 4 * MIB;

    /** Of 1 KiB and a header: all three terms of 16 MiB are touched. */
    private static final int MESSAGES = 60_000;

    private static final long LOG_BYTES = 48 * MIB;

    private final Path directory =
            Path.of("/dev/shm/memlock-aeron-" + ProcessHandle.current().pid());

    @BeforeEach
    void needsUnlimitedLocking() {
        Machine.requireUnlimitedLocking();
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A JVM under pressure: bytes of its buffers in swap, major faults while it sends again, the neighbour's steps. */
    private record Pressed(long swappedBytes, long majorFaults, int steps) {}

    @EachJdk
    void keepsItsBuffersInMemory(Jdk jdk) {
        Pressure.readFiles(jdk.home().resolve("lib"));
        Stream.of(classPath()).forEach(Pressure::readFiles);
        try (SwapFile swap = SwapFile.add(SWAP_MIB)) {
            Pressed unlocked = pressed(jdk, aeron(jdk), false, MOST_STEPS);
            assertThat(unlocked.swappedBytes())
                    .as("without the agent, in %s: without them this test proves nothing", swap)
                    .isGreaterThan(IN_SWAP_BYTES);
            assertThat(unlocked.majorFaults()).as("without the agent").isPositive();

            assertThat(pressed(jdk, aeron(jdk).agent(""), true, unlocked.steps()))
                    .isEqualTo(new Pressed(0, 0, unlocked.steps()));
        }
    }

    /** Until buffers are in swap, or for so many steps: with the agent as many as it took without. */
    private Pressed pressed(Jdk jdk, ForkedJvm.Builder aeron, boolean isLocked, int mostSteps) {
        try (MemoryCgroup container = MemoryCgroup.withLimit(CONTAINER_BYTES);
                ForkedJvm jvm = aeron.wrapper(container.wrapper()).start();
                ForkedJvm neighbour = ForkedJvm.on(jdk)
                        .wrapper(container.wrapper())
                        .flags("-Xmx64m", "-XX:MaxDirectMemorySize=1g")
                        .main(HeapApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            neighbour.awaitLine("ready");
            jvm.ask("send " + MESSAGES);
            assertThat(resident(jvm)).isGreaterThan(LOG_BYTES);
            if (isLocked) {
                jvm.awaitErrorLine("[memlock] locked");
                eventually(() -> assertThat(buffers(jvm)).allMatch(Smaps.Entry::isLocked));
                eventually(() ->
                        assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero());
            }

            int steps = 0;
            while (steps < mostSteps && swapped(jvm) <= IN_SWAP_BYTES) {
                neighbour.ask("direct " + STEP_MIB);
                steps++;
            }
            long swapped = swapped(jvm);
            long faults = ProcStatus.of(jvm.pid()).majorFaults();
            jvm.ask("send " + MESSAGES);
            Pressed pressed = new Pressed(swapped, ProcStatus.of(jvm.pid()).majorFaults() - faults, steps);
            if (isLocked) {
                DataDirectory.assertSaysNothingUntrue(jvm);
            }
            return pressed;
        }
    }

    private long resident(ForkedJvm jvm) {
        return buffers(jvm).stream().mapToLong(Smaps.Entry::rss).sum();
    }

    private long swapped(ForkedJvm jvm) {
        return buffers(jvm).stream().mapToLong(Smaps.Entry::swap).sum();
    }

    private List<Smaps.Entry> buffers(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).mappings().stream()
                .filter(entry -> entry.path().startsWith(directory.toString()))
                .toList();
    }

    private ForkedJvm.Builder aeron(Jdk jdk) {
        return ForkedJvm.on(jdk)
                .flags("-Xmx64m", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
                .classPath(classPath())
                .main(AeronApp.class, directory.toString());
    }

    private static Path[] classPath() {
        return new Path[] {
            AgentJar.testClasses(),
            AgentJar.codeOf(MediaDriver.class),
            AgentJar.codeOf(Aeron.class),
            AgentJar.codeOf(DirectBuffer.class)
        };
    }
}
