// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.files.TextFile;
import io.memlock.lock.MemoryLock;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.ErrnoException;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What nobody has verified for a few intervals nobody knows. */
class VerificationTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;

    private static final File MAPS = new File("/proc/self/maps");

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    private void start(String options, long intervalMillis) throws Exception {
        kernel.commit(Region.HEAP, HEAP, MIB);
        lock.intendsToLookEvery(TimeUnit.MILLISECONDS.toNanos(intervalMillis));
        lock.start(OptionParser.parse(options));
        lock.reconcile();
    }

    private void pass(long millis) {
        process.passedNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void isUnknownAfterThreeIntervalsWhoeverAsks() throws Exception {
        start("mode=heap,strategy=rescan", 2000);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);

        pass(5900);
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        pass(200);

        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(lock.status().lastFailure().answer()).contains("not asked for 6 s", "LOCKED");
        assertThat(lock.status().verifiedAgeMillis(process.nanoTime())).isBetween(6000L, 60_000L);
    }

    @Test
    void isKnownAgainAfterTheNextLook() throws Exception {
        start("mode=all", 1000);
        pass(10_000);
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);

        lock.reconcile();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(lock.status().lastFailure()).isNull();
    }

    @Test
    void aShortIntervalIsAsGoodAsASecond() throws Exception {
        start("mode=all", 10);

        pass(2500);

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void aLongIntervalIsWhatItsUserWants() throws Exception {
        start("mode=all", TimeUnit.HOURS.toMillis(1));

        pass(TimeUnit.HOURS.toMillis(2));

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @Test
    void whatIsNotLockedDoesNotAge() throws Exception {
        start("mode=none", 1000);

        pass(TimeUnit.HOURS.toMillis(2));

        assertThat(lock.status().state()).isEqualTo(LockState.UNLOCKED);
        assertThat(lock.goodUntilNanos()).isEqualTo(Long.MAX_VALUE);
    }

    /** One failed look is no news; after the second nobody knows, however fresh the one before is. */
    @Test
    void isUnknownWhenTheMappingsCannotBeReadTwice() throws Exception {
        start("mode=heap,strategy=rescan", 1000);
        process.mapsFailure = TextFile.failure(MAPS, ErrnoException.on(MAPS.getPath(), Errno.EMFILE));

        fails();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        fails();
        assertThat(lock.status().state()).isEqualTo(LockState.UNKNOWN);
        assertThat(lock.status().lastFailure().answer()).contains("EMFILE (Too many open files)");
        assertThat(lock.status().lastFailure().text("UNKNOWN"))
                .contains("ulimit -n")
                .doesNotContain("mount /proc");

        process.mapsFailure = null;
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    private void fails() {
        assertThatThrownBy(lock::reconcileAfterChange).isInstanceOf(IOException.class);
    }
}
