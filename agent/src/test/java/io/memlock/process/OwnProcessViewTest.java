// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.CountedFiles;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.proc.ProcFs;
import io.memlock.report.GentleScan;
import io.memlock.report.OutgrowWarning;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnProcessViewTest {

    @TempDir
    private Path root;

    @BeforeEach
    void isInACgroup() throws IOException {
        write("proc/self/cgroup", "0::/a\n");
        write("proc/self/mountinfo", "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n");
        write("cg/a/memory.max", "1000\n");
        write("cg/a/memory.current", "100\n");
        write("proc/meminfo", "SwapTotal: 1024 kB\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String swapNote() throws IOException {
        ProcFs proc = new ProcFs(root.resolve("proc").toFile(), root.toFile());
        return new OwnProcessView(proc, null, null, null, null, null, () -> false).swapNote();
    }

    @Test
    void thereIsNothingToSayWhereThereIsSwapAndTheCgroupIsSeen() throws Exception {
        assertThat(swapNote()).isNull();
    }

    @Test
    void tellsThatNobodyWatchesACgroupThatIsHidden() throws Exception {
        write("proc/self/mountinfo", "");

        assertThat(swapNote()).isEqualTo(OutgrowWarning.UNSEEN);
    }

    @Test
    void tellsWhatTheLockProtectsWithoutSwapHoweverHiddenTheCgroup() throws Exception {
        write("proc/self/mountinfo", "");
        write("proc/meminfo", "SwapTotal: 0 kB\n");

        assertThat(swapNote()).startsWith("swap is off: ");
    }

    @Test
    void tellsWhatTheLockProtectsWithoutSwapForTheCgroup() throws Exception {
        write("cg/a/memory.swap.max", "0\n");

        assertThat(swapNote()).startsWith("swap is off for this memory cgroup: ");
    }

    /** To one that is not dumpable its pagemap is closed, and smaps is not: a walk of seconds, in which nobody can map memory. */
    @Test
    void stallsNoLargeProcessWhosePagemapIsClosed() throws Exception {
        write("proc/self/status", "Name:\tjava\nVmRSS:\t 2097152 kB\n");
        write("proc/self/maps", "");
        write("proc/self/smaps", "");
        CountedFiles files = new CountedFiles();
        ProcFs proc = new ProcFs(root.resolve("proc").toFile(), root.toFile()).openedBy(files);
        GentleScan scan = new GentleScan(proc, null, null, null, null, 4096);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Log log = new Log(new PrintStream(printed, true, UTF_8), LogLevel.INFO);
        OwnProcessView view = new OwnProcessView(
                proc, null, scan, log, new FakeProcess(new FakeKernel()).newLock(), null, () -> false);

        assertThatThrownBy(view::scan).isInstanceOf(IOException.class).hasMessageContaining("pagemap");
        assertThatThrownBy(view::scan).isInstanceOf(IOException.class);

        assertThat(files.count("/smaps")).isZero();
        assertThat(files.count("/maps"))
                .as("which costs as much as there is mapped")
                .isZero();
        assertThat(printed.toString(UTF_8))
                .containsOnlyOnce("how much of each region is in RAM is not known")
                .contains("/proc/self/pagemap: ");
    }
}
