// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.proc.ProcFs;
import io.memlock.report.OutgrowWarning;
import java.io.IOException;
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
}
