// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.GrowingApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.ProcTask;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A heap that grows with {@code prefault=heap} finds its next memory populated. */
class PrefaultAheadIT {

    private static final long MIB = 1 << 20;
    private static final int PAGE_BYTES = 4096;

    /** Of stat, as in proc(5). */
    private static final int MINFLT = 10;

    private static final long MOST_AHEAD_BYTES = 64 * MIB;

    private static final long WHOLE_RESERVE_BYTES = 48 * MIB;

    /** A small heap lies below, for its compressed references, and little else does: what the JVM does with that is its own. */
    private static final long HEAP_END = 32L << 30;

    private static final String WITHOUT = "mode=all,log=debug";
    private static final String WITH = "mode=all,prefault=heap,log=debug";

    /** Where others keep all CPUs busy, the thread of low priority comes late. */
    private static final int TRIES = 3;

    private static final double MOST_LEFT = 0.7;

    @EachJdk
    void aHeapOfG1GrowsWithFewerPageFaults(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        requireNoHugePages();
        List<Double> left = new ArrayList<>();
        for (int i = 0; i < TRIES && left.stream().noneMatch(part -> part < MOST_LEFT); i++) {
            double without = faultsOfGrowth(jdk, Collector.G1, WITHOUT, "NONE");
            left.add(faultsOfGrowth(jdk, Collector.G1, WITH, "DONE") / without);
        }
        assertThat(left)
                .as("page faults with prefault, as parts of those without")
                .anyMatch(part -> part < MOST_LEFT);
    }

    /** Parallel commits what it copies to during the collection, so that fewer faults can be saved. */
    @EachJdk
    void littleOfAHeapIsPopulatedThatIsNotUsed(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        requireNoHugePages();
        faultsOfGrowth(jdk, Collector.PARALLEL, WITH, "DONE");
    }

    /** Grows, and looks after each step at what is populated and not used. */
    private static double faultsOfGrowth(Jdk jdk, Collector collector, String options, String state) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent(options)
                .flags(collector.flag(), "-Xms64m", "-Xmx600m")
                .main(GrowingApp.class)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient jmx = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                eventually(() -> assertThat(jmx.get("PrefaultState")).isEqualTo(state));
                long before = faultsOfApplication(jvm.pid());

                for (String step : List.of("grow 100", "grow 200", "grow 300")) {
                    jvm.ask(step);
                    assertThat(populatedAndUnusedBytes(jvm.pid()))
                            .as("bytes populated ahead after \"%s\"", step)
                            .isBetween(0L, options.equals(WITH) ? MOST_AHEAD_BYTES : 0L);
                }

                eventually(() -> assertThat(jmx.get("PrefaultState")).isEqualTo(state));
                return faultsOfApplication(jvm.pid()) - before;
            }
        }
    }

    /** The container has room for a part of the reserve only: the whole reserve would leave the JVM too little. */
    @Test
    @SuppressWarnings("ThreadSleep")
    void stopsWhereTheContainerHasNoRoom() throws Exception {
        Machine.requireUnlimitedLocking();
        requireNoHugePages();
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(112 * MIB);
                ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                        .agent(WITH)
                        .flags(Collector.SERIAL.flag(), "-Xmn8m", "-Xms300m", "-Xmx300m", "-XX:TieredStopAtLevel=1")
                        .wrapper(cgroup.wrapper())
                        .main(GrowingApp.class)
                        .start()) {
            jvm.awaitLine("ready");
            eventually(() -> assertThat(populatedAndUnusedBytes(jvm.pid())).isGreaterThan(8 * MIB));
            jvm.ask("grow 10");
            Thread.sleep(3_000); // three times as long as until the next look for room

            assertThat(jvm.stderr()).contains("NOT PREFAULTED");
            assertThat(populatedAndUnusedBytes(jvm.pid())).isBetween(MIB, WHOLE_RESERVE_BYTES - MIB);
            jvm.ask("grow 20");
            assertThat(cgroup.oomKills()).isZero();
            assertThat(jvm.isAlive()).isTrue();
        }
    }

    /** Nothing is populated ahead then, nor has to be. What was asked for at first says nothing about what is asked for later. */
    @Test
    void isDoneWhereOneFaultPopulatesAHugePage() throws Exception {
        Machine.requireUnlimitedLocking();
        Machine.requireTransparentHugePages();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent(WITH)
                .flags(Collector.G1.flag(), "-Xms64m", "-Xmx600m", "-XX:+UseTransparentHugePages")
                .main(GrowingApp.class)
                .start()) {
            jvm.awaitLine("ready");
            eventually(() -> assertThat(jvm.stderr()).contains("populates a whole transparent huge page"));
            try (JmxClient jmx = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                assertThat(jmx.get("PrefaultState")).isEqualTo("DONE");
                jmx.invoke("lock", "mode=all,prefault=code");
                assertThat(jmx.get("PrefaultState")).isEqualTo("DONE");
            }
        }
    }

    /** With these one fault populates many pages, and nothing is populated ahead. */
    private static void requireNoHugePages() {
        Machine.require(
                !Machine.transparentHugePages().equals("always"), "needs transparent huge pages not to be always on");
    }

    /** Page faults without a disk, of all threads that run but the agent's. */
    private static long faultsOfApplication(long pid) throws IOException {
        long faults = 0;
        for (ProcTask task : ProcTask.of(pid)) {
            faults += task.isAgents() ? 0 : faultsOf(task);
        }
        return faults;
    }

    private static long faultsOf(ProcTask task) {
        try {
            return task.stat(MINFLT);
        } catch (IOException ended) {
            return 0;
        }
    }

    /** Bytes of each MiB of the heap whose first page was never touched and all of whose other pages are in RAM. */
    private static long populatedAndUnusedBytes(long pid) throws IOException {
        long bytes = 0;
        try (RandomAccessFile pagemap = new RandomAccessFile("/proc/" + pid + "/pagemap", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
                long start = Long.parseUnsignedLong(range[0], 16);
                long end = Long.parseUnsignedLong(range[1], 16);
                if (line.contains(" rw-p 00000000 00:00 0") && end <= HEAP_END) {
                    for (long at = (start + MIB - 1) / MIB * MIB; at + MIB <= end; at += MIB) {
                        bytes += isPopulatedAndUnused(pagemap, at) ? MIB : 0;
                    }
                }
            }
        }
        return bytes;
    }

    private static boolean isPopulatedAndUnused(RandomAccessFile pagemap, long at) throws IOException {
        byte[] entries = new byte[(int) (MIB / PAGE_BYTES) * Long.BYTES];
        pagemap.seek(at / PAGE_BYTES * Long.BYTES);
        pagemap.readFully(entries);
        int present = 0;
        for (int last = Long.BYTES - 1; last < entries.length; last += Long.BYTES) {
            present += entries[last] < 0 ? 1 : 0; // the highest bit of the entry: the page is in RAM
        }
        return entries[Long.BYTES - 1] >= 0 && present == entries.length / Long.BYTES - 1;
    }
}
