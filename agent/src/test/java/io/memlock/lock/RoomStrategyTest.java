// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.RoomSource;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import io.memlock.state.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which strategy is chosen by the memory that is left for files. */
class RoomStrategyTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final long HEAP = 0x1000_0000L;
    private static final long FILE = 0x4000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, 4 * MIB);
    }

    private final List<String> notices = new ArrayList<>();

    private void start(String options, long freeBytes) throws Exception {
        process.freeBytes = freeBytes;
        Outcome start = lock.start(OptionParser.parse(options));
        assertThat(start.failure()).isNull();
        notices.addAll(start.notices());
        notices.addAll(lock.reconcile().notices());
    }

    /** Passes a minute later. */
    private void laterWith(long freeBytes) throws Exception {
        process.freeBytes = freeBytes;
        process.passedNanos += TimeUnit.MINUTES.toNanos(1);
        notices.addAll(lock.reconcile().notices());
    }

    private void assertStrategy(Strategy expected) {
        assertThat(lock.status().strategy()).isEqualTo(expected);
        assertThat(kernel.isFuture()).isEqualTo(expected == Strategy.FUTURE);
        assertThat(kernel.isLocked(HEAP)).isTrue();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void withLittleRoomNewMappingsAreNotBornLockedAndTheOperatorIsTold() throws Exception {
        start("mode=all", GIB - MIB);

        assertStrategy(Strategy.RESCAN);
        assertThat(notices)
                .singleElement()
                .asString()
                .contains("strategy rescan, not future: only 1023.0 MiB", "strategy=future");
        kernel.mapFile(FILE, 64 * MIB, "/data/index");
        assertThat(kernel.isLocked(FILE)).isFalse();
    }

    /** As in a chroot without /sys/fs/cgroup. */
    @Test
    void whereTheLimitCannotBeReadNewMappingsAreNotBornLockedAndTheOperatorIsTold() throws Exception {
        start("mode=all", RoomSource.UNKNOWN);

        assertStrategy(Strategy.RESCAN);
        assertThat(notices)
                .singleElement()
                .asString()
                .contains("strategy rescan, not future: the limit of this JVM's memory cgroup cannot be read", "mount");
        laterWith(RoomSource.UNKNOWN);
        assertThat(notices).as("once").hasSize(1);

        laterWith(2 * GIB);
        assertStrategy(Strategy.FUTURE);
    }

    @Test
    void withAGibibyteNewMappingsAreBornLocked() throws Exception {
        start("mode=all", GIB);

        assertStrategy(Strategy.FUTURE);
        assertThat(notices).isEmpty();
    }

    @Test
    void endsWhenTheRoomHasBecomeVeryScarce() throws Exception {
        start("mode=all", 4 * GIB);
        laterWith(512 * MIB);
        assertStrategy(Strategy.FUTURE);

        laterWith(512 * MIB - 1);

        assertStrategy(Strategy.RESCAN);
        assertThat(notices).singleElement().asString().contains("strategy rescan, not future");
        laterWith(256 * MIB);
        assertThat(notices).as("once").hasSize(1);
    }

    @Test
    void comesBackOnlyWithAmpleRoom() throws Exception {
        start("mode=all", 256 * MIB);
        notices.clear();
        laterWith(2 * GIB - 1);
        assertStrategy(Strategy.RESCAN);

        laterWith(2 * GIB);

        assertStrategy(Strategy.FUTURE);
        assertThat(notices).singleElement().asString().contains("enough memory is left for mapped files again");
        laterWith(600 * MIB);
        assertStrategy(Strategy.FUTURE);
    }

    @Test
    void whoInsistsOnFutureHasIt() throws Exception {
        start("mode=all,strategy=future", MIB);
        laterWith(MIB);

        assertStrategy(Strategy.FUTURE);
        assertThat(notices).isEmpty();
    }

    /** Nothing is born locked there that must not stay so. */
    @Test
    void whereFilesAreSelectedTheRoomMakesNoDifference() throws Exception {
        start("mode=all,exclude=nothing", MIB);
        laterWith(MIB);

        assertStrategy(Strategy.FUTURE);
    }

    /** What is born locked and not selected would have to be unlocked, be it the application's own lock. */
    @ParameterizedTest
    @ValueSource(strings = {"mode=heap", "mode=heap+code", "mode=all,exclude=native", "mode=all,strategy=rescan"})
    void whatLeavesOutMoreThanFilesIsRescannedHoweverMuchRoomThereIs(String options) throws Exception {
        start(options, 64 * GIB);
        laterWith(64 * GIB);

        assertStrategy(Strategy.RESCAN);
        assertThat(notices).isEmpty();
    }

    @Test
    void withoutTheHeapItIsRescannedAndTheHeapIsLeftAlone() throws Exception {
        kernel.commit(Region.CODE, FILE, MIB);
        start("mode=all,exclude=heap", 64 * GIB);

        assertThat(lock.status().strategy()).isEqualTo(Strategy.RESCAN);
        assertThat(kernel.isFuture()).isFalse();
        assertThat(kernel.isLocked(HEAP)).isFalse();
        assertThat(kernel.isLocked(FILE)).isTrue();
    }
}
