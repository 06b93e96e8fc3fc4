// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file about the host that is not there is "not known": {@code /proc} may show processes only. */
class HiddenFilesTest {

    @TempDir
    private Path root;

    private ProcFs proc;

    @BeforeEach
    void hideAll() {
        proc = new ProcFs(root.resolve("proc").toFile(), root.toFile());
    }

    @Test
    void theHostsMemoryIsNotKnown() {
        assertThat(proc.memInfo()).isEqualTo(MemInfo.UNKNOWN);
        assertThat(proc.memInfo().availableBytes()).isEqualTo(-1);
        assertThat(proc.hasNoHugetlbPages()).isFalse();
    }

    @Test
    void noSwapAreaIsKnown() {
        assertThat(proc.swaps().files()).isEmpty();
    }

    @Test
    void tellsAnUnknownCgroupFromNone() {
        assertThat(new Cgroups(proc).memory(ProcFs.SELF).isKnown()).isFalse();
        assertThat(new Cgroups(proc).memory(ProcFs.SELF).limitBytes()).isEqualTo(-1);
        assertThat(new CgroupHierarchy(null, List.of()).isKnown()).isTrue();
    }
}
