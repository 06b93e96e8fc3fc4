// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwappingTest extends OnCapturedHost {

    private static final String HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

    @Test
    void withoutSwapOnlyFilesAreAtStake() throws IOException {
        List<Finding> findings = findings();

        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings.get(0).evidence()).startsWith("off: the kernel can drop only pages of files");
    }

    @Test
    void withSwapItsSizeAndTheSwappinessAreTold() throws IOException {
        addSwap("/dev/sda2");

        assertThat(findings())
                .containsExactly(
                        Finding.ok("swap", "2.0 GiB, 1.5 GiB free, vm.swappiness=60"),
                        Finding.ok("compressed swap", "neither zswap nor zram"));
    }

    @Test
    void aCgroupMayForbidSwap() throws IOException {
        addSwap("/dev/sda2");
        host.put("proc/17258/cgroup", "0::/unit\n");
        host.put("sys/fs/cgroup/unified/unit/memory.max", "max\n");
        host.put("sys/fs/cgroup/unified/unit/memory.current", "4096\n");
        host.put("sys/fs/cgroup/unified/unit/memory.swap.max", "0\n");

        assertThat(findings().get(0).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings().get(0).evidence()).contains("may not use it");
        host.put("sys/fs/cgroup/unified/unit/memory.swap.max", "4096\n");
        assertThat(findings().get(0).severity()).isEqualTo(Severity.OK);
    }

    @Test
    void withOneLimitForMemoryAndSwapItIsSwappedForOthersOnly() throws IOException {
        addSwap("/dev/sda2");
        host.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n");
        host.put("sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", "1048576\n");

        assertThat(findings().get(0).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings().get(0).evidence())
                .contains("when it reaches that, the kernel swaps nothing out")
                .endsWith("is short of memory, the kernel swaps it out")
                .doesNotContain("may not use it");
    }

    /** When the host is short of memory the kernel swaps all the same. */
    @Test
    void withASwappinessOfZeroSwapDoesNotSaveACgroupThatHasALimit() throws IOException {
        addSwap("/dev/sda2");
        host.put("sys/fs/cgroup/memory/memory.swappiness", "0\n");
        assertThat(findings().get(0).severity()).as("no limit").isEqualTo(Severity.OK);

        host.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n");
        assertThat(findings().get(0).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings().get(0).evidence()).contains("but memory.swappiness=0: when the memory cgroup reaches");
        host.put("sys/fs/cgroup/memory/memory.swappiness", "1\n");
        assertThat(findings().get(0).severity()).isEqualTo(Severity.OK);
    }

    @Test
    void inVersion2TheSwappinessIsThatOfTheHost() throws IOException {
        addSwap("/dev/sda2");
        host.put("proc/17258/cgroup", "0::/unit\n");
        host.put("sys/fs/cgroup/unified/unit/memory.max", "1048576\n");
        host.put("sys/fs/cgroup/unified/unit/memory.current", "4096\n");
        assertThat(findings().get(0).severity()).isEqualTo(Severity.OK);

        host.put("proc/sys/vm/swappiness", "0\n");
        assertThat(findings().get(0).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings().get(0).evidence()).contains("but vm.swappiness=0: when the memory cgroup reaches");
    }

    @Test
    void whatACgroupThatCannotBeSeenAllowsIsNotKnown() throws IOException {
        addSwap("/dev/sda2");
        host.put("proc/17258/cgroup", "4:memory:/../h1a\n");

        assertThat(findings().get(0))
                .isEqualTo(Finding.note(
                        "swap", "2.0 GiB, 1.5 GiB free; whether the memory cgroup may use it is not known"));
    }

    @Test
    void zramAndZswapCompress() throws IOException {
        addSwap("/dev/zram0");
        assertThat(findings().get(1).severity()).isEqualTo(Severity.NOTE);
        assertThat(findings().get(1).evidence()).startsWith("zram is in use");

        host.put("sys/module/zswap/parameters/enabled", "Y\n");
        assertThat(findings().get(1).evidence()).startsWith("zram and zswap are in use");

        addSwap("/dev/sda2");
        assertThat(findings().get(1).evidence()).startsWith("zswap is in use");

        host.remove("sys/module/zswap/parameters/enabled");
        assertThat(findings().get(1).severity()).isEqualTo(Severity.OK);

        host.remove("sys/module/zswap/parameters").remove("sys/module/zswap").remove("sys/module");
        assertThat(findings().get(1).evidence()).contains("whether zswap is on is not known");
        assertThat(findings().get(1).severity()).isEqualTo(Severity.NOTE);
    }

    @Test
    void aKernelWithoutTheSettingSaysSo() throws IOException {
        addSwap("/dev/sda2");
        host.remove("proc/sys/vm/swappiness");

        assertThat(findings().get(0).evidence()).endsWith("vm.swappiness=unknown");
    }

    private void addSwap(String device) {
        host.put("proc/meminfo", CapturedHost.captured("host/meminfo"));
        host.replace("proc/meminfo", "SwapTotal: .*", "SwapTotal:       2097152 kB");
        host.replace("proc/meminfo", "SwapFree: .*", "SwapFree:        1572864 kB");
        host.put("proc/swaps", HEADER + device + "                partition\t2097152\t\t524288\t\t-2\n");
    }

    private List<Finding> findings() throws IOException {
        return new Swapping(host.proc(), CapturedHost.PID).findings();
    }
}
