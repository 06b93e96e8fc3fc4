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

/** Huge pages of hugetlbfs are never swapped, and each call that locks populates them: no call is made on them. */
class HugetlbTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long CODE = 0x2000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.mapHugetlb(Region.HEAP, HEAP, 64 * MIB);
        kernel.commit(Region.CODE, CODE, 2 * MIB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "mode=heap", "mode=code", "exclude=heap", "strategy=rescan", "mode=heap,strategy=rescan"})
    void nothingIsPopulatedAtStartOrAttachOrUnlock(String options) throws Exception {
        assertThat(lock.start(OptionParser.parse(options)).failure()).isNull();
        assertThat(lock.reconcile().failure()).isNull();
        assertThat(lock.change(OptionParser.parse("mode=code")).failure()).isNull();
        assertThat(kernel.isLocked(CODE)).isTrue();
        assertThat(lock.change(OptionParser.parse(options)).failure()).isNull();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        lock.unlock();

        assertThat(kernel.populatedHugetlb).isZero();
    }

    /** Where one call would lock all there is. */
    @Test
    void nothingIsPopulatedAtAStartWithLittleRoom() throws Exception {
        process.freeBytes = 64 * MIB;

        assertThat(lock.start(OptionParser.parse("mode=all")).failure()).isNull();

        assertThat(kernel.populatedHugetlb).isZero();
        assertThat(kernel.isLocked(CODE)).isTrue();
    }

    /** They are never among what is locked: that all of that is populated says nothing about the heap. */
    @ParameterizedTest
    @ValueSource(strings = {"", ",strategy=rescan"})
    void prefaultIsAskedAboutThem(String strategy) throws Exception {
        lock.start(OptionParser.parse("mode=heap+code,prefault=heap" + strategy));
        assertThat(process.asked).containsExactly("briskly [HEAP] 2");

        lock.change(OptionParser.parse("mode=heap+code,prefault=heap" + strategy));
        assertThat(process.asked).contains("gently [HEAP] 2");
    }
}
