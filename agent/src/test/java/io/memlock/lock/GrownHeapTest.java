// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.options.OptionParser;
import io.memlock.os.Linux;
import io.memlock.reconcile.PassListener;
import io.memlock.reconcile.PassResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the heap commits is locked before a pass finds it, where nothing that is mapped anew is born locked. */
class GrownHeapTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long GROWN = HEAP + 4 * MIB;
    private static final long END = HEAP + 64 * MIB;
    private static final long OTHER = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, GROWN - HEAP);
        kernel.reserve(Region.HEAP, GROWN, END - GROWN);
        kernel.reserve(Region.OTHER, OTHER, MIB);
        process.heapBytes = GROWN - HEAP;
    }

    private void start(String options) throws Exception {
        lock.start(OptionParser.parse(options));
        lock.reconcile();
        lock.reconcile();
        assertThat(lock.hasHeapGrown()).isFalse();
    }

    private void grow() {
        grow(2 * MIB);
    }

    private void grow(long bytes) {
        kernel.commit(Region.HEAP, GROWN, bytes);
        process.heapBytes = GROWN - HEAP + bytes;
        assertThat(lock.hasHeapGrown()).isTrue();
        lock.lockGrownHeap();
    }

    @Test
    void isLockedWithoutALook() throws Exception {
        start("mode=heap,strategy=rescan");
        int looks = kernel.looks;

        grow();

        assertThat(kernel.isLockedOnFault(GROWN)).isTrue();
        assertThat(kernel.isLocked(OTHER)).isFalse();
        assertThat(kernel.looks).isEqualTo(looks);
    }

    /** And told as what it was: unlocked until then, and no larger. */
    @Test
    void isToldByTheNextPass() throws Exception {
        List<String> found = new ArrayList<>();
        process.reconciler().tell(new PassListener() {
            @Override
            public void begins(Segment segment, boolean locks) {}

            @Override
            public void ended(int errno) {}

            @Override
            public void foundUnlocked(Segment segment, boolean isByOthers) {
                found.add((segment.start() - HEAP) / MIB + " to " + (segment.end() - HEAP) / MIB + " " + isByOthers);
            }

            @Override
            public void passed(Selection selection, PassResult pass) {}
        });
        start("mode=heap,strategy=rescan");
        found.clear();
        grow();

        lock.reconcile();
        lock.reconcile();

        assertThat(found).containsExactly("4 to 6 false");
    }

    @Test
    void isUnlockedWithAllThatIsReserved() throws Exception {
        start("mode=heap,strategy=rescan");
        grow();
        assertThat(kernel.chargedBytes()).isEqualTo(END - HEAP);

        lock.unlock();

        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void leavesTheLimitToWhatIsCommittedOnceOneApplies() throws Exception {
        start("mode=heap,strategy=rescan");
        grow();
        kernel.privileged = false;

        for (int pass = 0; pass < 10; pass++) {
            lock.reconcile();
        }

        assertThat(kernel.chargedBytes()).isEqualTo(6 * MIB);
        assertThat(kernel.isLocked(GROWN)).isTrue();
    }

    @Test
    void isReadBackIfItWasSwappedOutBefore() throws Exception {
        start("mode=heap,strategy=rescan");
        lock.readBack();
        grow();
        process.isPrivateInSwap = true;
        lock.reconcile();

        lock.readBack();

        assertThat(process.asked).containsExactly("swap in privately 1", "tell 1");
    }

    @Test
    void staysUnlockedWhereALimitCountsWhatIsReserved() throws Exception {
        kernel.privileged = false;
        start("mode=heap");

        grow();

        assertThat(kernel.isLocked(GROWN)).isFalse();
        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void isLeftToThePassWhereTheKernelGoesThroughAllThatIsReserved() throws Exception {
        process.goesThroughReserved = true;
        start("mode=heap,strategy=rescan");

        grow();

        assertThat(kernel.isLocked(GROWN)).isFalse();
    }

    @Test
    void staysUnlockedWhereTheHeapIsNotSelected() throws Exception {
        start("mode=code,strategy=rescan");

        grow();

        assertThat(kernel.chargedBytes()).isZero();
    }

    /** Servers call it when they are up, and the heap grows later. */
    @Test
    void staysTheApplicationsThatLocksAllThereIsAfterTheStart() throws Exception {
        start("mode=heap,strategy=rescan");
        kernel.mlockall(Linux.MCL_CURRENT);

        grow();
        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(kernel.isLocked(OTHER)).isTrue();
    }

    @Test
    void staysTheApplicationsThatLocksAllThereIsAfterItHasGrown() throws Exception {
        start("mode=heap,strategy=rescan");
        grow(2 * MIB);
        kernel.mlockall(Linux.MCL_CURRENT);

        grow(4 * MIB);
        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }

    @Test
    void isLockedAgainOnceTheApplicationHasUnlockedAllThereIs() throws Exception {
        start("mode=heap,strategy=rescan");
        grow(2 * MIB);
        kernel.mlockall(Linux.MCL_CURRENT);
        kernel.munlockall();
        lock.reconcile();

        grow(4 * MIB);

        assertThat(kernel.isLockedOnFault(GROWN)).isTrue();
        assertThat(kernel.chargedBytes()).isEqualTo(END - HEAP);
    }

    /** By the first call: the OOM killer decides in milliseconds. */
    @Test
    void isUnlockedAtOnceWithTheRest() throws Exception {
        start("mode=heap,strategy=rescan");
        grow();
        List<Long> charged = new ArrayList<>();
        kernel.afterUnlock.put(HEAP, () -> charged.add(kernel.chargedBytes()));

        process.reconciler().unlockAtOnce();

        assertThat(charged).containsExactly(0L);
    }

    /** A call would populate them. */
    @Test
    void isLeftAloneInHugePages() throws Exception {
        kernel.unmap(HEAP, END - HEAP);
        kernel.mapHugetlb(Region.HEAP, HEAP, GROWN - HEAP);
        kernel.reserve(Region.HEAP, GROWN, END - GROWN);
        start("mode=heap,strategy=rescan");

        process.heapBytes = GROWN - HEAP + 2 * MIB;
        lock.hasHeapGrown();
        lock.lockGrownHeap();

        assertThat(kernel.populatedHugetlb).isZero();
        assertThat(kernel.chargedBytes()).isZero();
    }

    @Test
    void staysTheApplicationsWhereItHasLockedTheHeap() throws Exception {
        kernel.mlock(HEAP, GROWN - HEAP);
        start("mode=heap,strategy=rescan");

        grow();
        lock.unlock();

        assertThat(kernel.isLocked(HEAP)).isTrue();
    }
}
