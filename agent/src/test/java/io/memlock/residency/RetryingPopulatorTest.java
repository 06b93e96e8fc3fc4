// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.Populator;
import io.memlock.fake.FakeKernel;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.proc.KernelVersion;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RetryingPopulatorTest {

    private static final long PIECE = Populator.GENTLE_PIECE_BYTES;

    private final FakeKernel kernel = new FakeKernel();
    private int looks;

    @Test
    void countsWhatWasRefusedOnceWhereTheMappingsCannotBeReadAnyMore() {
        kernel.commit(Region.HEAP, 0, 3 * PIECE);
        kernel.filter.put("madvise", Errno.ENOMEM);
        RetryingPopulator populator = new RetryingPopulator(
                new Populator(kernel, new KernelVersion(6, 1)),
                () -> {
                    if (++looks == 3) { // the first is for all, and each piece takes another
                        throw new IOException("thrown by the test");
                    }
                    return kernel.maps();
                },
                nanos -> {});
        for (long at = 0; at < 3 * PIECE; at += PIECE) {
            populator.populate(at, PIECE, false);
        }

        assertThat(populator.tryAgain(null)).isTrue();

        assertThat(populator.refusedBytes()).isEqualTo(3 * PIECE);
        assertThat(populator.firstUntried()).isNull();
    }
}
