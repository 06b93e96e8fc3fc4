// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.Region;
import io.memlock.log.Log;
import io.memlock.options.LogLevel;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorityBoostTest {

    private static final long HEAP = 0x1000_0000L;
    private static final int SCHED_BATCH = 3;
    private static final String SYS_NICE = "CapEff:\t0000000000800000\n";
    private static final String ALL_BUT_SYS_NICE = "CapEff:\t000001ffff7fffff\n";
    private static final String NO_FILTER = "Seccomp:\t0\n";
    private static final String FILTER = "Seccomp:\t2\n";

    private final FakeKernel kernel = new FakeKernel();
    private final List<Integer> policies = new ArrayList<>();

    @TempDir
    private Path proc;

    @BeforeEach
    void commitHeap() {
        kernel.commit(Region.HEAP, HEAP, 4 * GentleCalls.PIECE_BYTES);
        kernel.refresh();
    }

    @Test
    void locksALiveJvmInRealTimeAndReturnsToOrdinary() throws IOException {
        assertThat(lockLive(SYS_NICE + NO_FILTER)).isZero();

        assertThat(policies).hasSize(3).containsOnly(Linux.SCHED_FIFO);
        assertThat(kernel.policy).isEqualTo(Linux.SCHED_OTHER);
    }

    @Test
    void returnsToOrdinaryWhenAPieceFails() throws IOException {
        kernel.failCall = 2;
        kernel.failWith = Errno.ENOMEM;

        assertThat(lockLive(SYS_NICE + NO_FILTER)).isEqualTo(Errno.ENOMEM);

        assertThat(kernel.policy).isEqualTo(Linux.SCHED_OTHER);
    }

    @Test
    void doesNotTryWithoutTheCapability() throws IOException {
        assertThat(lockLive(ALL_BUT_SYS_NICE + NO_FILTER)).isZero();

        assertThat(policies).hasSize(3).containsOnly(Linux.SCHED_OTHER);
    }

    @Test
    void doesNotTryUnderASeccompFilterWhichMayKillForIt() throws IOException {
        assertThat(lockLive(SYS_NICE + FILTER)).isZero();

        assertThat(policies).hasSize(3).containsOnly(Linux.SCHED_OTHER);
    }

    @Test
    void doesNotTryWhereTheKernelDoesNotTellOfFilters() throws IOException {
        assertThat(lockLive(SYS_NICE)).isZero();

        assertThat(policies).hasSize(3).containsOnly(Linux.SCHED_OTHER);
    }

    @Test
    void leavesAThreadWithAPolicyOfItsOwnAlone() throws IOException {
        kernel.policy = SCHED_BATCH;

        assertThat(lockLive(SYS_NICE + NO_FILTER)).isZero();

        assertThat(policies).hasSize(3).containsOnly(SCHED_BATCH);
        assertThat(kernel.policy).isEqualTo(SCHED_BATCH);
    }

    @Test
    void locksAllTheSameWhereRealTimeIsRefused() throws IOException {
        kernel.mayRunInRealTime = false; // as a version 1 cgroup without cpu.rt_runtime_us does

        assertThat(lockLive(SYS_NICE + NO_FILTER)).isZero();

        assertThat(kernel.chargedBytes()).isEqualTo(4 * GentleCalls.PIECE_BYTES);
        assertThat(policies).containsOnly(Linux.SCHED_OTHER);
    }

    @Test
    void changesNothingBeforeTheApplicationRuns() throws IOException {
        assertThat(calls(SYS_NICE + NO_FILTER).lock(kernel.segments().get(0))).isZero();

        assertThat(kernel.policyChanges).isZero();
    }

    private int lockLive(String status) throws IOException {
        GentleCalls calls = calls(status);
        calls.live();
        return calls.lock(kernel.segments().get(0));
    }

    private GentleCalls calls(String status) throws IOException {
        Files.writeString(Files.createDirectory(proc.resolve("self")).resolve("status"), status);
        PriorityBoost boost = new PriorityBoost(kernel, new ProcFs(proc.toFile(), proc.toFile()));
        return new GentleCalls(
                kernel, boost, nanos -> policies.add(kernel.policy), new Progress(new Log(System.err, LogLevel.QUIET)));
    }
}
