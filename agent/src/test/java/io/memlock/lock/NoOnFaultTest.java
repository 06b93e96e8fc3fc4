// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Before Linux 4.4 nothing is locked: without on-fault a lock would populate all that is committed. */
class NoOnFaultTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new FakeProcess(kernel).newLock();

    @ParameterizedTest
    @ValueSource(strings = {"", "mode=heap", "strategy=rescan", "strategy=future", "mode=heap,strategy=rescan"})
    void refusesInOneClearSentence(String options) throws Exception {
        kernel.hasOnFault = false;
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);

        LockFailure failure = lock.start(OptionParser.parse(options)).failure();

        assertThat(failure.meaning()).contains("Linux 4.4 is needed");
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        assertThat(kernel.chargedBytes()).isZero();
        assertThat(kernel.isFuture()).isFalse();
    }
}
