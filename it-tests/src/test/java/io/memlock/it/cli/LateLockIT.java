// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Pressure;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.SwapFile;
import io.memlock.it.keeping.Keeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The JVM already swaps when the operator comes. */
class LateLockIT {

    private static final long CGROUP_BYTES = 400L << 20;
    private static final int SWAP_MEGABYTES = 512;
    private static final int SQUEEZE_MEGABYTES = 250;

    /** Not every collection takes the same way through libjvm.so. */
    private static final int COLLECTIONS = 5;

    /** The heap fits into the cgroup: one that does not is not locked where it could be swapped out. */
    @EachJdk
    void attachBringsBackWhatWasSwappedOutAndItStays(Jdk jdk) {
        afterAttach(jdk, Collector.SERIAL, "-Xmx256m");
    }

    /**
     * ZGC's heap is a file in memory; its swapped pages are in neither VmSwap nor the pagemap. What it frees it unmaps, which
     * no lock of its own mappings keeps. Its heap fits into the cgroup: ZGC grows as far as it may before it collects, and
     * the OOM killer would come.
     */
    @EachJdk
    void attachBringsBackAHeapThatIsSharedMemoryAndItStays(Jdk jdk) {
        afterAttach(jdk, Collector.ZGC, "-Xmx256m");
    }

    /** What ZGC has committed and nobody has touched looks, from within the JVM, like what is in swap. */
    @EachJdk
    void attachReadsNothingBackWhereThereIsNoSwap(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        Machine.require(isSwapUnused(), "needs a machine on which nothing is in swap");
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags(Collector.ZGC.flag(), "-Xms64m", "-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");

            Outcome attach =
                    Commands.run(Memlock.command(jdk, "attach", jvm.pid())).succeeded();
            assertThat(attach.stdout() + attach.stderr() + jvm.stderr()).doesNotContain("back from swap");
        }
    }

    @Test
    void theTimeItTookDoesNotBeginWithAnAttachThatFailed() throws Exception {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm =
                ForkedJvm.on(Jdk.current()).flags("-Xmx64m").main(HeapApp.class).start()) {
            jvm.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
            machine.loadAgent(AgentJar.path().toString(), "mode=nonsense");
            machine.detach();
            jvm.awaitErrorLine("[memlock] attach: unknown region");

            long start = System.nanoTime();
            Outcome attach = Commands.run(Memlock.command(Jdk.current(), "attach", jvm.pid()));
            long tookMillis = (System.nanoTime() - start) / 1_000_000;

            Matcher told = Pattern.compile("in ([0-9]+) ms").matcher(attach.stdout());
            assertThat(told.find()).as(attach.toString()).isTrue();
            assertThat(Long.parseLong(told.group(1))).isLessThanOrEqualTo(tookMillis);
        }
    }

    /** Has a JVM swapped out, attaches to it, and nothing of it is in swap any more, nor ever will be. */
    private static void afterAttach(Jdk jdk, Collector collector, String maxHeap) {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = inCgroup(jdk, cgroup, collector, maxHeap)) {
            jvm.ask("grow 150");
            squeeze(jdk, cgroup);
            assertThat(Smaps.of(jvm.pid()).swappedBytes())
                    .as("bytes in %s: without them this test proves nothing", swap)
                    .isPositive();

            Outcome attach =
                    Commands.run(Memlock.command(jdk, "attach", jvm.pid())).succeeded();
            assertThat(Smaps.of(jvm.pid()).swappedBytes())
                    .as("swapped after %s", attach)
                    .isZero();
            for (int i = 0; i < COLLECTIONS; i++) {
                jvm.ask("collect"); // pages of libjvm.so that were dropped are locked once they have been touched
            }
            // Under rescan what a collection mapped last, a thread's arena for example, is locked by the next pass.
            // The kernel, which reads ahead, may have brought a page back that nobody can access.
            eventually(() -> assertThat(Keeping.accessibleUnlocked(jvm)).isEmpty());
            Pressure.readFilesOf(jvm, cgroup);
            long faultsBefore = ProcStatus.of(jvm.pid()).majorFaults();
            squeeze(jdk, cgroup);
            jvm.ask("collect");
            assertThat(Smaps.of(jvm.pid()).swappedBytes()).isZero();
            assertThat(ProcStatus.of(jvm.pid()).majorFaults() - faultsBefore).isZero();
            eventually(() -> assertThat(Keeping.accessibleUnlocked(jvm)).isEmpty());
        }
    }

    /** Stopped, the JVM cannot lock again what somebody unlocked before it has been swapped out. */
    @EachJdk
    void whatAnotherPartyUnlockedIsLockedAgainAndBroughtBack(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        try (SwapFile swap = SwapFile.add(SWAP_MEGABYTES);
                MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = Keeping.app(jdk, "mode=all,interval=10s")
                        .wrapper(cgroup.wrapper())
                        .flags(Collector.SERIAL.flag(), "-Xms150m", "-Xmx150m", "-XX:+AlwaysPreTouch")
                        .start()) {
            Keeping.awaitStart(jvm);
            eventually(() -> assertThat(Smaps.of(jvm.pid()).unlocked()).isEmpty());

            jvm.ask("munlockall");
            signal("STOP", jvm);
            squeeze(jdk, cgroup);
            assertThat(Smaps.of(jvm.pid()).swappedBytes())
                    .as("bytes in %s: without them this test proves nothing", swap)
                    .isPositive();
            signal("CONT", jvm);

            eventually(() -> assertThat(Smaps.of(jvm.pid()).swappedBytes()).isZero());
            eventually(() -> assertThat(jvm.stderr()).contains("read back from swap: "));
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                long faults = ProcStatus.of(jvm.pid()).majorFaults();
                assertThat(faults).isPositive();
                assertThat(client.getLong("MajorFaults"))
                        .isBetween(faults, ProcStatus.of(jvm.pid()).majorFaults());
            }
        }
    }

    private static void signal(String name, ForkedJvm jvm) {
        assertThat(Commands.run(List.of("kill", "-" + name, String.valueOf(jvm.pid())))
                        .exitStatus())
                .isZero();
    }

    /** Waits until it is: a second run of the tests uses some for a while. */
    private static boolean isSwapUnused() {
        try {
            eventually(() -> assertThat(swapInUse()).isZero());
            return true;
        } catch (AssertionError inUse) {
            return false;
        }
    }

    /** KiB. The fourth column of /proc/swaps. */
    private static long swapInUse() throws IOException {
        return Files.readAllLines(Path.of("/proc/swaps")).stream()
                .skip(1)
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+", -1)[3]))
                .sum();
    }

    @Test
    void prefaultMakesTheCommittedHeapResidentBeforeMain() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("prefault=heap")
                .flags("-XX:+UseSerialGC", "-Xms200m", "-Xmx300m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");

            assertThat(ProcStatus.of(jvm.pid()).residentBytes()).isGreaterThan(200L << 20);
            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
        }
    }

    @Test
    void prefaultIsRefusedWhereTheCgroupHasNoRoomAndTheApplicationRuns() throws Exception {
        Machine.requireUnlimitedLocking();
        try (MemoryCgroup cgroup = MemoryCgroup.withLimit(CGROUP_BYTES);
                ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                        .wrapper(cgroup.wrapper())
                        .agent("prefault=heap,on-failure=exit")
                        .flags("-XX:+UseSerialGC", "-Xms500m", "-Xmx500m")
                        .main(HeapApp.class)
                        .start()) {
            jvm.awaitLine("ready");

            eventually(() -> assertThat(jvm.stderr())
                    .containsPattern("NOT PREFAULTED: needs [45][0-9.]+ MiB more memory, the memory cgroup has")
                    .contains("too little"));
            assertThat(ProcStatus.of(jvm.pid()).residentBytes()).isLessThan(200L << 20);
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                assertThat(client.get("PrefaultState")).isEqualTo("STOPPED");
            }
        }
    }

    private static ForkedJvm inCgroup(Jdk jdk, MemoryCgroup cgroup, Collector collector, String maxHeap) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .wrapper(cgroup.wrapper())
                .flags(collector.flag(), "-Xms64m", maxHeap)
                .main(HeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    /** A neighbour that takes what it can get, and goes. */
    private static void squeeze(Jdk jdk, MemoryCgroup cgroup) {
        try (ForkedJvm neighbour = inCgroup(jdk, cgroup, Collector.SERIAL, "-Xmx512m")) {
            Pressure.take(neighbour, SQUEEZE_MEGABYTES);
        }
    }
}
