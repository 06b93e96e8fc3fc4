// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeverLockedTest {

    private static final long MIB = 1 << 20;
    private static final long DEVICE = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final MemoryLock lock = new FakeProcess(kernel).newLock();
    private int tries;

    @ParameterizedTest
    @CsvSource({
        "[vdso], NONE, true",
        "[vvar], NONE, true",
        "[vsyscall], NONE, true",
        "[uprobes], NONE, true",
        "[heap], NONE, false",
        "[stack], NONE, false",
        "/anon_hugepage (deleted), HUGETLB, true",
        "/secretmem (deleted), FILE, true",
        "/data/index, FILE, false"
    })
    void whatNoCallChangesIsNotTried(String path, Backing backing, boolean isNever) {
        Mapping mapping = new Mapping(0x1000, 0x2000, true, true, false, false, 0, 0, path, backing);

        assertThat(new NeverLocked().contains(new Segment(0x1000, 0x2000, Region.OTHER, Evidence.NONE, mapping)))
                .isEqualTo(isNever);
    }

    /** The JVM may have mapped it anew while it was tried; but each try costs a call, for good. */
    @Test
    void whatIsFoundToBeNeverLockedIsTriedAFewTimesAndThenOnceInAWhile() throws Exception {
        kernel.mapSpecial(DEVICE, MIB);
        countTries();
        lock.start(OptionParser.parse("mode=other,strategy=rescan"));
        reconcile(6);
        assertThat(tries).isEqualTo(12);

        tries = 0;
        reconcile(100);
        assertThat(tries).isZero();

        reconcile(30);
        assertThat(tries).as("a mistake does not last").isBetween(1, 12);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    private void reconcile(int passes) throws Exception {
        for (int pass = 0; pass < passes; pass++) {
            assertThat(lock.reconcile().failure()).isNull();
        }
    }

    private void countTries() {
        kernel.afterLock.put(DEVICE, () -> {
            tries++;
            countTries();
        });
    }
}
