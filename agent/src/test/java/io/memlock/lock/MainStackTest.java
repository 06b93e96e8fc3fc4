// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stack of the first thread grows by page faults: locked under a limit, that would end in SIGSEGV. */
class MainStackTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long STACK_END = 0x7fff_0000_0000L;
    private static final long ANY_OF_IT = STACK_END - FakeKernel.PAGE;
    private static final long LIMIT = 64 * MIB;

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new FakeProcess(kernel).newLock();

    @BeforeEach
    void startJvm() {
        kernel.mapStack(STACK_END, MIB);
        kernel.commit(Region.STACKS, 0x6000_0000L, MIB);
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=stacks", "mode=stacks+heap", "mode=all,strategy=rescan"})
    void isNeverLockedUnderALimit(String options) throws Exception {
        limit();

        assertThat(lock.start(OptionParser.parse(options)).failure()).isNull();
        lock.reconcileAfterChange();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLocked(0x6000_0000L)).as("that of another thread").isTrue();
        assertGrows();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=stacks", "mode=all,strategy=rescan"})
    void isLockedWithoutALimitAndGrows(String options) throws Exception {
        lock.start(OptionParser.parse(options));

        assertThat(kernel.isLocked(ANY_OF_IT)).isTrue();
        assertThat(kernel.growStack(100 * MIB)).isTrue();
    }

    /** All that there is would fit under the new limit. */
    @ParameterizedTest
    @ValueSource(strings = {"mode=all", "mode=stacks", "mode=all,strategy=rescan", "mode=stacks,strategy=future"})
    void isUnlockedWhenALimitComesToApply(String options) throws Exception {
        lock.start(OptionParser.parse(options));
        lock.reconcile();
        kernel.growStack(FakeKernel.PAGE);
        limit();

        for (int pass = 0; pass < 6; pass++) { // under rescan it looks at the limit now and then
            lock.reconcile();
        }

        assertThat(kernel.isLocked(0x6000_0000L)).as("that of another thread").isTrue();
        assertGrows();
    }

    /** By nothing but the limit: nothing is mapped, and no selection changes. */
    @Test
    void isUnlockedWhenALimitComesToApplyWhileAllIsSettled() throws Exception {
        lock.start(OptionParser.parse("mode=stacks+heap,strategy=rescan"));
        for (int pass = 0; pass < 3; pass++) {
            lock.reconcile();
        }
        limit();

        for (int pass = 0; pass < 6; pass++) {
            lock.reconcile();
        }

        assertGrows();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    private void limit() {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = LIMIT;
    }

    private void assertGrows() {
        assertThat(kernel.isLocked(ANY_OF_IT)).isFalse();
        assertThat(kernel.growStack(LIMIT)).isTrue();
    }
}
