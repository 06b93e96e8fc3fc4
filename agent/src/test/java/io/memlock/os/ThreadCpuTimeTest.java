// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import org.junit.jupiter.api.Test;

class ThreadCpuTimeTest {

    private long cpuNanos = 1_000_000_007L;

    private final FakeKernel kernel = new FakeKernel();
    private final ThreadCpuTime cpu = new ThreadCpuTime(kernel);

    private long start() {
        kernel.cpuNanos = () -> cpuNanos;
        return cpu.nanos();
    }

    @Test
    void tellsWhatWasUsedSince() {
        long start = start();
        cpuNanos += 2_000_000_000L;

        assertThat(cpu.since(start)).isEqualTo(2_000_000_000L);
    }

    /** Otherwise a pass would have cost all the time since the machine was started. */
    @Test
    void twoClocksAreNotCompared() {
        long start = start();
        kernel.filter.put("clock_gettime", Errno.EPERM);
        assertThat(cpu.since(start)).isZero();

        long later = cpu.nanos();
        assertThat(cpu.since(later)).as("by the clock").isNotNegative();
    }

    @Test
    void nothingTakesLessThanNoTime() {
        long start = start();
        cpuNanos = 1;

        assertThat(cpu.since(start)).isZero();
    }
}
