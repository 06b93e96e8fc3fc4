// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.proc.MemInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostSummaryTest {

    private static final long GB = 1L << 30;

    private static final MemInfo HOST = new MemInfo(16 * GB, 8 * GB, 3 * GB, 4 * GB, 3 * GB, -1, -1);

    @Test
    void addsUpWhatIsKnownAndSaysOfHowManyItIsNot() {
        HostSummary summary = HostSummary.of(List.of(GB, -1L, 2 * GB), List.of(4 * GB, 4 * GB, -1L), HOST);

        assertThat(summary.lines())
                .containsExactly(
                        "these JVMs: locked 3.0 GiB (of 1 not known); the heaps of JVMs that lock may reach 8.0 GiB"
                                + " (of 1 not known)",
                        "host: RAM 16.0 GiB, available 8.0 GiB; locked by all processes 3.0 GiB; swap 4.0 GiB, used"
                                + " 1.0 GiB");
        assertThat(summary.json()).containsEntry("jvmsNotMeasured", 1).containsEntry("swapUsedBytes", GB);
    }

    @Test
    void warnsOfHeapsThatMayBecomeLargerThanTheRam() {
        assertThat(HostSummary.of(List.of(0L), List.of(17 * GB), HOST).lines().get(0))
                .isEqualTo(
                        "these JVMs: locked 0; the heaps of JVMs that lock may reach 17.0 GiB: more than the host has");
        assertThat(HostSummary.of(List.of(0L), List.of(Long.MAX_VALUE, Long.MAX_VALUE), HOST)
                        .heapMaxBytes())
                .as("of JVMs that were started with any number")
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatCannotBeReadIsNotKnown() {
        HostSummary summary = HostSummary.of(List.of(), List.of(), MemInfo.UNKNOWN);

        assertThat(summary.lines().get(1))
                .isEqualTo("host: RAM unknown, available unknown; locked by all processes unknown; swap unknown, used"
                        + " unknown");
        assertThat(summary.json()).containsEntry("ramBytes", null);
    }
}
