// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import org.junit.jupiter.api.Test;

class MincoreTest {

    private static final long START = 0x1000_0000L;
    private static final long PAGE = FakeKernel.PAGE;

    private final FakeKernel kernel = new FakeKernel();

    @Test
    void countsWhatIsNotInRam() {
        kernel.absent.add(START);
        kernel.absent.add(START + 5 * PAGE);
        kernel.absent.add(START + 9 * PAGE);

        assertThat(absentPages(10)).isEqualTo(3);
        assertThat(absentPages(9)).isEqualTo(2);
    }

    @Test
    void countsBeyondOneCall() {
        kernel.absent.add(START + 1500 * PAGE);
        kernel.absent.add(START + 2000 * PAGE);

        assertThat(absentPages(2000)).isEqualTo(1);
    }

    private long absentPages(int pages) {
        return new Mincore(kernel, PAGE).absentBytes(START, START + pages * PAGE) / PAGE;
    }
}
