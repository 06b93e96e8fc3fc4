// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.hotspot.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a JVM with 160 MiB in three views, 120 MiB of it in swap, of which VmSwap tells 20. */
class PacedMemoryTest {

    private static final long MIB = 1 << 20;

    private static final String STATUS =
            """
            Name:\tjava
            State:\tS (sleeping)
            Tgid:\t7
            Uid:\t0\t0\t0\t0
            VmLck:\t%s kB
            VmRSS:\t491520 kB
            RssAnon:\t9216 kB
            RssFile:\t0 kB
            RssShmem:\t%s kB
            VmSwap:\t20480 kB
            """;

    private static final String ROLLUP =
            """
            7f0000000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]
            Rss:              491520 kB
            Pss:              163840 kB
            Swap:             327680 kB
            SwapPss:           20480 kB
            Locked:                0 kB
            """;

    private static final String SMAPS =
            """
            7f0000000000-7f0008000000 rw-s 00000000 00:01 5                          /memfd:java_heap (deleted)
            Size:             131072 kB
            Rss:              131072 kB
            Pss:              131072 kB
            Swap:             102400 kB
            SwapPss:               0 kB
            Locked:                0 kB
            7f1000000000-7f1008000000 rw-p 00000000 00:00 0\s
            Size:             131072 kB
            Rss:               32768 kB
            Pss:               32768 kB
            Swap:              20480 kB
            SwapPss:           20480 kB
            Locked:                0 kB
            """;

    @TempDir
    private Path root;

    @Test
    void sharedMemoryIsMeasuredWhereNothingIsLocked() throws IOException {
        status(0, 100 << 10);
        assertThat(now()).isEqualTo(new JvmMemory(160 * MIB, 0, 0, 120 * MIB, 9 * MIB, 0, 0));

        status(0, 0);
        assertThat(now("-XX:+UseZGC").residentBytes()).isEqualTo(160 * MIB);
    }

    @Test
    void whereAGlanceTellsAllNothingIsWalked() throws IOException {
        status(0, 32); // a file of counters in /tmp
        assertThat(now()).isEqualTo(new JvmMemory(480 * MIB, 0, 0, 20 * MIB, 9 * MIB, 0, 0));

        status(4, 32);
        assertThat(now().residentBytes()).isEqualTo(160 * MIB);
    }

    /** Until the next walk, which is seldom in a large JVM, swap that has been read back would be shown. */
    @Test
    void whatWentToSwapDuringAWalkIsNotTakenForSharedMemory() throws IOException {
        status(4, 32);
        Path process = root.resolve("7");
        Files.writeString(process.resolve("smaps"), SMAPS.substring(SMAPS.indexOf("7f1000000000")));
        Files.writeString(
                process.resolve("smaps_rollup"),
                ROLLUP.replace("Swap:             327680", "Swap:              40960")
                        .replace("SwapPss:           20480", "SwapPss:           40960"));
        PacedMemory memory = paced(10_000);
        assertThat(memory.now().swappedBytes()).isEqualTo(20 * MIB);

        Files.writeString(
                process.resolve("status"),
                Files.readString(process.resolve("status")).replace("VmSwap:\t20480", "VmSwap:\t0"));

        assertThat(memory.now().swappedBytes()).isZero();
    }

    /** VmRSS and VmLck count none of them. */
    @Test
    void hugePagesOfHugetlbfsAreInRamAndLocked() throws IOException {
        status(0, 32);
        Files.writeString(root.resolve("7/status"), "HugetlbPages:\t1024 kB\n", StandardOpenOption.APPEND);

        assertThat(now()).isEqualTo(new JvmMemory(481 * MIB, MIB, 0, 20 * MIB, 9 * MIB, MIB, 0));
    }

    /** As of a JVM that rests. */
    @Test
    void sharedMemoryThatIsAllInSwapIsMeasured() throws IOException {
        status(0, 0);
        Files.writeString(root.resolve("7/maps"), SMAPS.replaceAll("(?m)^[A-Z].*\n", ""));
        swapUsed(0);
        assertThat(now().swappedBytes()).isEqualTo(20 * MIB);

        swapUsed(1);
        assertThat(now().swappedBytes()).isEqualTo(120 * MIB);
        assertThat(new MemoryReader(new ProcDirectory(root))
                        .look(jvm(), PublishedLock.NOTHING, false)
                        .swappedBytes())
                .isEqualTo(120 * MIB);
    }

    @Test
    void swappedBytesStayWhenTheLastPageOfSharedMemoryGoesToSwap() throws IOException {
        status(0, 100 << 10);
        PacedMemory memory = new PacedMemory(new MemoryReader(new ProcDirectory(root)), jvm(), 0);
        assertThat(memory.now().swappedBytes()).isEqualTo(120 * MIB);

        status(0, 0);
        assertThat(memory.now().swappedBytes()).isEqualTo(120 * MIB);
    }

    /** Between two walks, which are seldom in a large JVM. */
    @Test
    @Timeout(60)
    void sharedMemoryThatHasGoneToSwapSinceTheLastWalkIsMeasured() throws Exception {
        status(0, 100 << 10);
        Files.writeString(root.resolve("7/maps"), SMAPS.replaceAll("(?m)^[A-Z].*\n", ""));
        Files.writeString(root.resolve("7/smaps_rollup"), ROLLUP.replaceAll("(Swap:.*) \\d+ kB", "$1 20480 kB"));
        swapUsed(0);
        PacedMemory memory = paced(0);
        assertThat(memory.now().swappedBytes()).isEqualTo(20 * MIB);

        status(0, 0);
        Path status = root.resolve("7/status");
        Files.writeString(status, Files.readString(status).replace("VmRSS:\t491520", "VmRSS:\t81920"));
        swapUsed(1);
        while (memory.now().swappedBytes() != 120 * MIB) {
            Thread.sleep(5); // until the next walk is due
        }
    }

    private void swapUsed(int kilobytes) throws IOException {
        Files.writeString(
                root.resolve("meminfo"),
                "MemTotal:  900000 kB\nSwapTotal:  1000 kB\nSwapFree:  " + (1000 - kilobytes) + " kB\n");
    }

    /** Its entry remains until its parent collects it. */
    @Test
    void aJvmThatHasEndedHasNoMemory() throws IOException {
        Path process = Files.createDirectories(root.resolve("7"));
        Files.writeString(process.resolve("status"), "Name:\tjava\nState:\tZ (zombie)\nTgid:\t7\nUid:\t0\t0\t0\t0\n");
        Files.writeString(process.resolve("smaps"), "");
        ProcDirectory proc = new ProcDirectory(root);

        assertThatThrownBy(this::now).hasMessage("process 7 has ended");
        assertThatThrownBy(() -> new MemoryReader(proc).look(jvm(), PublishedLock.NOTHING, true))
                .hasMessage("process 7 has ended");
        assertThat(proc.exists(7)).isFalse();
    }

    private JvmMemory now(String... flags) throws IOException {
        return paced(0, flags).now();
    }

    private PacedMemory paced(long gapMillis, String... flags) {
        return new PacedMemory(new MemoryReader(new ProcDirectory(root)), jvm(flags), gapMillis);
    }

    private static Jvm jvm(String... flags) {
        return new Jvm(7, 0, new JavaCommand("Main", new JvmFlags(List.of(flags))), false, 1);
    }

    private void status(int lockedKilobytes, int sharedKilobytes) throws IOException {
        Path process = Files.createDirectories(root.resolve("7"));
        Files.writeString(process.resolve("status"), STATUS.formatted(lockedKilobytes, sharedKilobytes));
        Files.writeString(process.resolve("smaps_rollup"), ROLLUP);
        Files.writeString(process.resolve("smaps"), SMAPS);
    }
}
