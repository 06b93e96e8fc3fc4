// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.os.ThreadCpuTime;
import io.memlock.state.LockState;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReporterTest {

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();
    private final Scans scans = new Scans(process, new ThreadCpuTime(kernel));
    private final Log log = new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.INFO);

    private int count;

    private Reporter started() throws Exception {
        kernel.commit(Region.HEAP, 0x1000_0000L, 1 << 20);
        lock.start(OptionParser.parse("mode=heap,strategy=rescan"));
        process.onScan = () -> count++;
        return new Reporter(lock, process, scans, new StateAnnouncer(lock, process, log, (from, to) -> {}), log);
    }

    /** Otherwise FAILED would be shown beside the locked bytes of before, for up to two minutes. */
    @Test
    void aChangeOfStateIsFollowedByAScan() throws Exception {
        Reporter reporter = started();
        reporter.report(List.of());
        reporter.report(List.of());
        assertThat(count).isEqualTo(1);

        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 0;
        kernel.munlockall();
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.FAILED);
        reporter.report(List.of());
        reporter.report(List.of());

        assertThat(count).isEqualTo(2);
    }

    @Test
    void doesNothingUntilMetaspaceHasHadRoom() throws Exception {
        Reporter reporter = started();
        process.hasMetaspaceRoom = false;
        int[] looks = new int[1];
        reporter.report(List.of(() -> looks[0]++));
        assertThat(looks[0] + count).isZero();

        process.hasMetaspaceRoom = true;
        reporter.report(List.of(() -> looks[0]++));
        process.hasMetaspaceRoom = false;
        reporter.report(List.of(() -> looks[0]++));

        assertThat(looks[0]).isEqualTo(2);
    }

    @Test
    void aLookThatFailsKeepsNoOtherFromBeingDone() throws Exception {
        Reporter reporter = started();
        boolean[] isReached = new boolean[1];

        reporter.report(List.of(
                () -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                () -> isReached[0] = true));

        assertThat(isReached[0]).isTrue();
        assertThat(count).isEqualTo(1);
    }
}
