// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.log.Log;
import io.memlock.options.LogLevel;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import io.memlock.proc.KernelVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapViewTest {

    private static final long GRANULE = HeapView.GRANULE_BYTES;
    private static final long HEAP = 4L << 40;
    private static final int LOOKS_UNTIL_ALL = 3600;

    private final FakeKernel kernel = new FakeKernel();
    private final RecordingLibC libc = new RecordingLibC(kernel);
    private final HeapView view = new HeapView(
            libc,
            new Populator(libc, new KernelVersion(6, 1)),
            new LockProbe(kernel, FakeKernel.PAGE),
            nanos -> {},
            silent());

    private String hold() {
        kernel.refresh();
        return view.hold(kernel.segments());
    }

    /** Of the file, as granules. */
    private List<Long> populated() {
        long start = kernel.heapView().start();
        List<Long> granules = libc.madvised.stream()
                .filter(call -> call.advice() == Linux.MADV_POPULATE_READ)
                .map(call -> (call.start() - start) / GRANULE)
                .toList();
        libc.madvised.clear();
        return granules;
    }

    @Test
    void holdsWhatTheCollectorMapsWhereverItMapsIt() {
        kernel.mapHeapFile(HEAP, 2 * GRANULE, 4 * GRANULE);
        kernel.mapHeapFile(HEAP + 9 * GRANULE, GRANULE, 0);

        assertThat(hold()).isNull();

        Segment one = kernel.heapView();
        assertThat(kernel.isLockedOnFault(one.start())).isTrue();
        assertThat(one.start() % GRANULE).isZero();
        assertThat(one.length()).isGreaterThanOrEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(libc.madvised).contains(new RecordingLibC.Advice(one.start(), one.length(), Linux.MADV_DONTDUMP));
        assertThat(populated()).containsExactly(0L, 4L, 5L);
    }

    @Test
    void leavesNothingMappedButTheView() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);

        hold();

        assertThat(kernel.segments()).hasSize(1);
        assertThat(kernel.mappings()).isEqualTo(2);
    }

    @Test
    void goesOnlyThroughWhatIsNew() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        populated();

        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, 7 * GRANULE);
        hold();

        assertThat(populated()).containsExactly(7L);
    }

    @Test
    void goesThroughAGranuleAgainThatWasGone() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, GRANULE);
        hold();
        kernel.unmap(HEAP + GRANULE, GRANULE);
        hold();
        populated();

        kernel.mapHeapFile(HEAP + 5 * GRANULE, GRANULE, GRANULE);
        hold();

        assertThat(populated()).containsExactly(1L);
    }

    @Test
    void goesThroughAllNowAndThen() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        kernel.refresh();
        List<Segment> calm = kernel.segments();
        view.hold(calm);
        populated();
        for (int look = 1; look < LOOKS_UNTIL_ALL; look++) {
            view.hold(calm);
        }
        assertThat(populated()).isEmpty();

        view.hold(calm);

        assertThat(populated()).containsExactly(0L);
    }

    @Test
    void countsForNothingOfItsOwn() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        kernel.refresh();
        libc.madvised.clear();

        RegionTotals totals = new RegionTotals();
        kernel.segments().forEach(totals::add);
        new Prefault(new Populator(libc, new KernelVersion(6, 1)), nanos -> {}, silent())
                .run(kernel.segments(), List.of(Region.HEAP), () -> 0, new Headroom(GRANULE, "the host"), 1);

        RegionUsage heap = new RegionReport(totals.usages(), 0, 0).total(List.of(Region.HEAP));
        assertThat(heap.mappings()).isOne();
        assertThat(heap.committedBytes()).isEqualTo(GRANULE);
        assertThat(libc.madvised).containsExactly(new RecordingLibC.Advice(HEAP, GRANULE, Linux.MADV_POPULATE_WRITE));
    }

    @Test
    void saysWhenTheFileIsNotOpen() {
        kernel.showsDescriptors = false;
        kernel.mapHeapFile(HEAP, GRANULE, 0);

        assertThat(hold()).isEqualTo("no file descriptor of /memfd:java_heap (deleted) in /proc/self/fd");

        assertThat(view.exists()).isFalse();
        assertThat(kernel.mappings()).isOne();
    }

    @Test
    void doesNotLookForTheFileInEachPass() {
        kernel.showsDescriptors = false;
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        String problem = hold();
        kernel.showsDescriptors = true;
        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, GRANULE);

        for (int look = 1; look < LOOKS_UNTIL_ALL; look++) {
            assertThat(hold()).isEqualTo(problem);
        }

        assertThat(hold()).isNull();
        assertThat(populated()).containsExactly(0L, 1L);
    }

    @Test
    void whateverCallFailsNothingStaysMappedHalf() {
        for (int call = 0; call < 8; call++) {
            FakeKernel failing = new FakeKernel();
            failing.mapHeapFile(HEAP, GRANULE, 0);
            failing.refresh();
            failing.failCall = call;
            failing.failWith = Errno.ENOMEM;
            HeapView one = new HeapView(
                    failing,
                    new Populator(failing, new KernelVersion(6, 1)),
                    new LockProbe(failing, FakeKernel.PAGE),
                    nanos -> {},
                    silent());

            String problem = one.hold(failing.segments());

            assertThat(one.exists()).as("call %d: %s", call, problem).isEqualTo(problem == null);
            assertThat(failing.hasHeapView()).as("call %d: %s", call, problem).isEqualTo(problem == null);
        }
    }

    @Test
    void isNotForHugePagesNorForOtherCollectors() {
        kernel.commit(Region.HEAP, HEAP, GRANULE);
        kernel.refresh();

        assertThat(HeapView.isNeeded(kernel.segments())).isFalse();
        assertThat(hold()).isNull();
        assertThat(view.exists()).isFalse();
    }

    @Test
    void comesWithTheLockAndGoesWithIt() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));
        lock.start(OptionParser.parse("mode=all"));
        assertThat(kernel.hasHeapView()).as("before main").isFalse();

        lock.reconcile();
        assertThat(kernel.hasHeapView()).isTrue();

        lock.change(OptionParser.parse("mode=all,exclude=heap"));
        assertThat(kernel.hasHeapView()).isFalse();

        lock.change(OptionParser.parse("mode=heap"));
        assertThat(kernel.hasHeapView()).isTrue();

        lock.unlock();
        assertThat(kernel.hasHeapView()).isFalse();
        assertThat(kernel.chargedBytes()).isZero();
    }

    /** Which counts what it brings: the view would read back, too. */
    @Test
    void comesAfterWhatIsInSwapWasReadBack() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = new MemoryLock(process);
        List<Boolean> viewed = new ArrayList<>();
        process.whileSwappingIn = () -> viewed.add(kernel.hasHeapView());
        lock.start(OptionParser.parse("mode=none"));

        lock.change(OptionParser.parse("mode=all"));

        assertThat(viewed).containsExactly(false);
        assertThat(kernel.hasHeapView()).isTrue();
    }

    @Test
    void keepsThePromiseThatRescanAloneCannot() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));

        assertThat(lock.start(OptionParser.parse("mode=heap,strategy=rescan"))).isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLockedOnFault(kernel.heapView().start())).isTrue();
    }

    @Test
    void isNotMadeUnderALimitWhichItWouldUseUp() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 1 << 30;
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));

        LockFailure failure = lock.start(OptionParser.parse("mode=heap"));

        assertThat(kernel.hasHeapView()).isFalse();
        assertThat(failure.meaning()).contains("ZGC maps its heap anew while it runs");
    }

    @Test
    void saysOnceWhatIsNotKeptWithoutIt() throws Exception {
        kernel.showsDescriptors = false;
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new MemoryLock(new FakeProcess(kernel));
        lock.start(OptionParser.parse("mode=all"));

        lock.reconcile();
        assertThat(lock.takeNotices())
                .containsExactly(
                        "ZGC's heap is locked where it is mapped, and what ZGC frees may be swapped out until it"
                                + " is used again (no second view of it: no file descriptor of /memfd:java_heap (deleted) in"
                                + " /proc/self/fd)");

        lock.reconcile();
        assertThat(lock.takeNotices()).isEmpty();
    }

    private static Progress silent() {
        return new Progress(new Log(System.err, LogLevel.QUIET));
    }
}
