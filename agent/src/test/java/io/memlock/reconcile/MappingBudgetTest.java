// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import org.junit.jupiter.api.Test;

/** The JVM itself needs mappings, and fails at the kernel's limit: splits mappings only up to 80 % of it. */
class MappingBudgetTest {

    private static final long PAGE = FakeKernel.PAGE;
    private static final long NATIVE = 0x1000_0000L;
    private static final long WHOLE = 0x8000_0000L;
    private static final int MIXED = 20;

    private final FakeKernel kernel = new FakeKernel();

    /** So many mappings of which the second page is code, the first is not. */
    private MemoryLock lockWithin(int maxMapCount, int otherMappings) {
        kernel.maxMapCount = maxMapCount;
        for (int i = 0; i < otherMappings; i++) {
            kernel.commit(Region.OTHER, WHOLE + 2L * i * PAGE, PAGE);
        }
        for (int i = 0; i < MIXED; i++) {
            kernel.commit(Region.NATIVE, mixed(i), 2 * PAGE);
            kernel.regionsWithin.put(mixed(i) + PAGE, Region.CODE);
        }
        return new FakeProcess(kernel).newLock();
    }

    private static long mixed(int i) {
        return NATIVE + 3L * i * PAGE;
    }

    private int lockedMixed() {
        int locked = 0;
        for (int i = 0; i < MIXED; i++) {
            locked += kernel.isLocked(mixed(i) + PAGE) ? 1 : 0;
        }
        return locked;
    }

    @Test
    void splitsMappingsWhileThereAreFew() throws Exception {
        MemoryLock lock = lockWithin(1000, 50);

        assertThat(lock.start(OptionParser.parse("mode=code")).failure()).isNull();

        assertThat(lockedMixed()).isEqualTo(MIXED);
        assertThat(kernel.isLocked(mixed(0))).as("not selected").isFalse();
    }

    @Test
    void neverSplitsBeyondFourFifthsOfWhatTheKernelAllows() throws Exception {
        MemoryLock lock = lockWithin(100, 50);

        LockFailure failure = lock.start(OptionParser.parse("mode=code")).failure();
        assertThat(failure.answer()).contains("splits mappings only up to 80 (80 % of vm.max_map_count)");
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lockedMixed()).isEqualTo(5); // each makes two mappings more, at most
        for (int pass = 0; pass < 30; pass++) {
            lock.reconcileAfterChange();
            assertThat(kernel.mappingCount()).isLessThanOrEqualTo(80);
        }
        assertThat(lockedMixed()).isLessThan(MIXED);
    }

    /** The kernel says ENOMEM, as it does where nothing is mapped any more. */
    @Test
    void doesNotCallUnlockedWhatCannotBeSplitAndTriesAgain() throws Exception {
        kernel.commit(Region.NATIVE, NATIVE, 3 * PAGE);
        kernel.regionsWithin.put(NATIVE + PAGE, Region.CODE);
        MemoryLock lock = new FakeProcess(kernel).newLock();
        assertThat(lock.start(OptionParser.parse("mode=native+code,strategy=rescan"))
                        .failure())
                .isNull();
        kernel.maxMapCount = kernel.mappingCount();

        LockFailure failure =
                lock.change(OptionParser.parse("mode=native,strategy=rescan")).failure();

        assertThat(failure.tried()).startsWith("munlock");
        assertThat(failure.answer()).startsWith("ENOMEM");
        kernel.maxMapCount = 65_530;
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(kernel.isLocked(NATIVE)).isTrue();
        assertThat(kernel.isLocked(NATIVE + PAGE)).isFalse();
    }

    /** As the remedy says. */
    @Test
    void splitsTheRestOnceTheLimitHasBeenRaised() throws Exception {
        MemoryLock lock = lockWithin(100, 50);
        assertThat(lock.start(OptionParser.parse("mode=code")).failure()).isNotNull();

        kernel.maxMapCount = 65_530;

        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lockedMixed()).isEqualTo(MIXED);
    }

    @Test
    void whatIsAMappingOfItsOwnIsLockedAllTheSame() throws Exception {
        MemoryLock lock = lockWithin(70, 50);
        kernel.commit(Region.CODE, 0x9000_0000L, PAGE);

        lock.start(OptionParser.parse("mode=code"));

        assertThat(kernel.isLocked(0x9000_0000L)).isTrue();
        assertThat(lockedMixed()).isZero();
        assertThat(kernel.mappingCount()).isEqualTo(71);
    }
}
