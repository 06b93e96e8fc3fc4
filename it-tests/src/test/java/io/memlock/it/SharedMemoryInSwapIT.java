// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.SharedMemoryApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What JMX tells of shared memory in swap, in JVMs so large that the agent reads no smaps. These judge it from outside. */
class SharedMemoryInSwapIT {

    private static final long MIB = 1L << 20;
    private static final long LARGE_BYTES = 512 * MIB;
    private static final String ZGC_HEAP = "/memfd:java_heap";

    /** Generational ZGC maps its heap once, the one before it three times. */
    private static final int FIRST_WITH_ONE_VIEW = 23;

    private static final long CGROUP_BYTES = 2048 * MIB;
    /** As much as there can be: ZGC grows as far as it may before it collects, and where swap is full the OOM killer comes. */
    private static final int SWAP_MEGABYTES = 1200;

    private static final int FILE_MEGABYTES = 256;
    private static final long SQUEEZED_OUT_BYTES = 160 * MIB;
    private static final long STEP_BYTES = 40 * MIB;
    private static final int MOST_STEPS = 10;
    private static final long BETWEEN_TWO_READINGS = 8 * MIB;

    /**
     * A collection of ZGC's that nobody has asked for comes some seconds after a heap has grown. It unmaps what it has moved, which
     * leaves too little mapped for the gentle scan.
     */
    private static final String HOLDS_STILL = "-XX:-ZProactive";

    private final Path file =
            Path.of("/dev/shm/memlock-swapped-" + ProcessHandle.current().pid());

    @BeforeEach
    void needsALargeMachine() {
        Machine.requireUnlimitedLocking();
    }

    @AfterEach
    void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    @EachJdk
    void countsAFileInMemoryThatIsOpen(Jdk jdk) throws Exception {
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .agent("mode=heap")
                        .flags(Collector.SERIAL.flag(), "-Xms720m", "-Xmx720m", "-XX:+AlwaysPreTouch")
                        .main(SharedMemoryApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            jvm.ask("map " + file + " " + FILE_MEGABYTES);
            squeeze(cgroup, () -> Smaps.of(jvm.pid()).ofFile(file).swappedBytes());

            assertThat(Smaps.of(jvm.pid()).ofFile(file).swappedBytes())
                    .as("in %s: without them this test proves nothing", swap)
                    .isGreaterThan(SQUEEZED_OUT_BYTES / 2);
            assertTold(jvm, 1);
        }
    }

    @EachJdk
    void countsTheHeapOfZgc(Jdk jdk) throws Exception {
        int views = jdk.feature() < FIRST_WITH_ONE_VIEW ? 3 : 1;
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = ForkedJvm.on(jdk)
                        .wrapper(cgroup.wrapper())
                        .agent("mode=code")
                        .flags(Collector.ZGC.flag(), "-Xmx1200m", HOLDS_STILL)
                        .main(HeapApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 800");
            squeeze(cgroup, () -> swapped(jvm, views));

            assertThat(swapped(jvm, views))
                    .as("in %s: without them this test proves nothing", swap)
                    .isGreaterThan(SQUEEZED_OUT_BYTES / 2);
            assertTold(jvm, views);
        }
    }

    private static void squeeze(MemoryCgroup cgroup, LongSupplier swappedBytes) {
        cgroup.squeeze(STEP_BYTES, MOST_STEPS, () -> swappedBytes.getAsLong() >= SQUEEZED_OUT_BYTES);
    }

    private static void assertTold(ForkedJvm jvm, int views) throws Exception {
        assertThat(ProcStatus.of(jvm.pid()).residentBytes()).isGreaterThan(LARGE_BYTES);
        try (JmxClient jmx = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
            eventually(() -> {
                jmx.invoke("refresh");
                assertThat(jmx.getLong("SwappedBytes")).isCloseTo(swapped(jvm, views), within(BETWEEN_TWO_READINGS));
            });
        }
        assertThat(ProcStatus.of(jvm.pid()).residentBytes()).isGreaterThan(LARGE_BYTES);
    }

    /** Bytes in swap, of ZGC's heap once: smaps has it as often as it is mapped. */
    private static long swapped(ForkedJvm jvm, int views) {
        List<Smaps.Entry> mappings = Smaps.of(jvm.pid()).mappings();
        return sum(mappings, false, Smaps.Entry::swap) + sum(mappings, true, Smaps.Entry::swap) / views;
    }

    private static long sum(List<Smaps.Entry> mappings, boolean isZgcHeap, ToLongFunction<Smaps.Entry> size) {
        return mappings.stream()
                .filter(entry -> entry.permissions().startsWith("r"))
                .filter(entry -> isZgcHeap == entry.path().startsWith(ZGC_HEAP))
                .mapToLong(size)
                .sum();
    }
}
