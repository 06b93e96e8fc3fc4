// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pacer;
import io.memlock.calls.Pause;
import io.memlock.calls.SharedMemorySwap;
import io.memlock.fake.FakeKernel;
import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.Region;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Of the JVM the tests run in, whose memory is as good as any. */
class GentleScanTest {

    private static final int PAGE = 4096;
    private static final double A_TENTH = 0.1;
    private static final long SLACK = 4 << 20;

    private final ProcFs proc = new ProcFs();
    private final JvmLayout layout = JvmLayout.of(ProcessHandle.current().pid(), PAGE);
    private final FakeKernel nothingLocked = new FakeKernel();

    @Test
    void findsInEachRegionWhatSmapsSays() throws IOException {
        RegionReport before = SmapsScan.of(proc, ProcFs.SELF, layout, List.of());
        RegionReport gentle = scan(nanos -> {}, System::nanoTime);
        RegionReport after = SmapsScan.of(proc, ProcFs.SELF, layout, List.of());

        for (Region region : List.of(Region.HEAP, Region.CODE, Region.METASPACE, Region.NATIVE)) {
            long one = before.total(List.of(region)).residentBytes();
            long other = after.total(List.of(region)).residentBytes();
            assertThat(gentle.total(List.of(region)).residentBytes())
                    .as("%s, beside smaps", region)
                    .isBetween(
                            (long) (Math.min(one, other) * (1 - A_TENTH)) - SLACK,
                            (long) (Math.max(one, other) * (1 + A_TENTH)) + SLACK);
        }
        assertThat(gentle.total().lockedBytes()).isZero();
    }

    /** Where each piece takes as long as a rest: then it rests after each piece, of 1 MiB at the most. */
    @Test
    void pausesAsItGoes() throws IOException {
        int[] pauses = new int[1];
        long[] now = new long[1];
        Pause counted = nanos -> pauses[0]++;
        RegionReport report = scan(counted, () -> now[0] += ChunkedCalls.PAUSE_NANOS);

        assertThat(pauses[0]).isGreaterThan((int) (report.total().residentBytes() / (4 << 20)));
    }

    private RegionReport scan(Pause pause, LongSupplier clock) throws IOException {
        SharedMemorySwap sharedSwap = new SharedMemorySwap(nothingLocked, proc, pause, PAGE);
        Pacer pacer = new Pacer(pause, clock);
        return new GentleScan(proc, layout, new LockProbe(nothingLocked, PAGE), sharedSwap, pacer, PAGE)
                .scan(List.of());
    }
}
