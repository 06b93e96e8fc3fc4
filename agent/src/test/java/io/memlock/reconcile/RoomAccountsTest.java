// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What passes tell the watch over the room for files, and how they hurry where there is little. */
class RoomAccountsTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final long HEAP = 0x1000_0000L;
    private static final long FILE = 0x4000_0000L;
    private static final long NEWEST_FILE = 0x3000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private int minutes;

    private void startWith(long freeBytes) throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        process.freeBytes = freeBytes;
        lock.start(OptionParser.parse("mode=all,strategy=future"));
        lock.reconcile();
        lock.reconcile();
    }

    /** Each time a minute later, when a look is due. */
    private boolean isPassDue() {
        return lock.isPassDue(System.nanoTime() + TimeUnit.MINUTES.toNanos(++minutes));
    }

    @Test
    void aPassThatFindsNothingToUnlockSettlesWhatHasGrown() throws Exception {
        startWith(64 * MIB);
        kernel.commit(Region.HEAP, HEAP, 32 * MIB);
        assertThat(isPassDue()).isTrue();

        lock.reconcile();

        assertThat(isPassDue()).isFalse();
    }

    /** As by a lock of the application's on what has long been mapped. */
    @Test
    void aLookThatFindsNothingChangedSettlesWhatHasGrown() throws Exception {
        startWith(64 * MIB);
        kernel.mapFile(FILE, 32 * MIB, "/data/index");
        for (int pass = 0; pass < 3; pass++) {
            lock.reconcileAfterChange();
        }
        kernel.mlock(FILE, 32 * MIB);
        assertThat(isPassDue()).isTrue();

        lock.reconcileAfterChange();

        assertThat(kernel.isLocked(FILE)).isTrue();
        assertThat(isPassDue()).isFalse();
    }

    @Test
    void aPassWithoutALookSettlesNothing() throws Exception {
        startWith(64 * MIB);
        assertThat(isPassDue()).as("a look a minute from now").isFalse();
        int looks = kernel.looks;

        lock.reconcile();

        assertThat(kernel.looks).isEqualTo(looks);
        assertThat(lock.nanosToNextLook(System.nanoTime()))
                .as("the next look after that one")
                .isGreaterThan(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void aPassIsDueAtOnceWhereTheLastFoundMoreAtEachOfItsLooks() throws Exception {
        startWith(64 * GIB);
        kernel.mapFile(FILE, MIB, "/data/0");
        kernel.mapAtEachLook(FILE, 1, 40);

        lock.reconcile();

        assertThat(isPassDue()).as("though little has been locked").isTrue();
        for (int pass = 0; pass < 5; pass++) {
            lock.reconcile();
        }
        assertThat(isPassDue()).isFalse();
    }

    /** As after an munmap and an mmap of the same file between two looks: whose lock it is only smaps tells. */
    @Test
    void withLittleRoomTheApplicationsMappingsAreLookedAtAgain() throws Exception {
        startWith(64 * MIB);
        kernel.mapFile(FILE, MIB, "/data/theirs");
        kernel.mlock(FILE, MIB);
        lock.reconcile();
        assertThat(kernel.isLocked(FILE)).isTrue();

        kernel.unmap(FILE, MIB);
        kernel.mapFile(FILE, MIB, "/data/theirs");
        kernel.commit(Region.HEAP, HEAP, 2 * MIB);
        lock.reconcile();

        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    @Test
    void withAmpleRoomTheApplicationsMappingsAreNotLookedAtAgain() throws Exception {
        startWith(64 * GIB);
        kernel.mapFile(FILE, MIB, "/data/theirs");
        kernel.mlock(FILE, MIB);
        lock.reconcile();
        List<String> looked = new ArrayList<>();
        kernel.afterLockedLook = () -> looked.add("smaps");

        kernel.commit(Region.HEAP, HEAP, 2 * MIB);
        lock.reconcile();

        assertThat(looked).isEmpty();
        assertThat(kernel.isLocked(FILE)).isTrue();
    }

    /** It is being read now; what has been locked for long has been read. */
    @Test
    void withLittleRoomAFileThatComesMeanwhileIsUnlockedBeforeTheRest() throws Exception {
        startWith(8 * MIB);
        List<Long> unlocked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long start = FILE + 2L * i * MIB;
            kernel.mapFile(start, MIB, "/data/" + i);
            kernel.afterUnlock.put(start, () -> unlocked.add(start));
        }
        kernel.afterUnlock.put(FILE, this::mapNewestUntilALookIsDue);
        kernel.afterUnlock.put(NEWEST_FILE, () -> unlocked.add(NEWEST_FILE));

        lock.reconcile();

        assertThat(unlocked).hasSize(200);
        assertThat(unlocked.indexOf(NEWEST_FILE)).isLessThan(100);
    }

    private void mapNewestUntilALookIsDue() {
        kernel.mapFile(NEWEST_FILE, MIB, "/data/newest");
        while (lock.nanosToNextLook(System.nanoTime()) > 0) {
            Thread.onSpinWait();
        }
    }
}
