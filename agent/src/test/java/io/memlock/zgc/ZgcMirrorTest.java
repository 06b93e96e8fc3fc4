// SPDX-License-Identifier: Apache-2.0
package io.memlock.zgc;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockProbe;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.fake.RecordingLibC;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.options.OptionParser;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.ThreadCpuTime;
import io.memlock.proc.KernelVersion;
import io.memlock.report.RegionTotals;
import io.memlock.report.RegionUsage;
import io.memlock.residency.Headroom;
import io.memlock.residency.Prefault;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ZgcMirrorTest {

    private static final long GRANULE = ZgcMirror.GRANULE_BYTES;
    private static final long HEAP = 4L << 40;
    private static final int MANY = ZgcMirror.GRANULES_AT_ONCE;

    private final FakeKernel kernel = new FakeKernel();
    private final RecordingLibC libc = new RecordingLibC(kernel);
    private final Progress progress = new Progress(new Log(System.err, LogLevel.QUIET));
    private final ZgcMirror view = view(libc, new KernelVersion(6, 1));
    private long now = System.nanoTime();

    private Runnable whilePausing = () -> {};
    private long cpuNanos;

    private ZgcMirror view(LibC calls, KernelVersion version) {
        kernel.cpuNanos = () -> cpuNanos;
        return new ZgcMirror(
                calls,
                new Populator(calls, version),
                new LockProbe(kernel, FakeKernel.PAGE),
                nanos -> whilePausing.run(),
                progress,
                new ThreadCpuTime(kernel));
    }

    private String hold() {
        kernel.refresh();
        String problem = view.cover(kernel.segments(), now);
        view.populate(kernel.segments());
        return problem;
    }

    /** Of the file, as granules: each whole. */
    private List<Long> populated() {
        long start = kernel.zgcMirror().start();
        List<Long> granules = libc.madvised.stream()
                .filter(call -> call.advice() == Linux.MADV_POPULATE_READ)
                .map(call -> (call.start() - start) / GRANULE)
                .distinct()
                .toList();
        assertThat(libc.populatedBytes(Linux.MADV_POPULATE_READ)).isEqualTo(granules.size() * GRANULE);
        libc.madvised.clear();
        return granules;
    }

    @Test
    void holdsWhatTheCollectorMapsWhereverItMapsIt() {
        kernel.mapHeapFile(HEAP, 2 * GRANULE, 4 * GRANULE);
        kernel.mapHeapFile(HEAP + 9 * GRANULE, GRANULE, 0);

        assertThat(hold()).isNull();

        Segment one = kernel.zgcMirror();
        assertThat(kernel.isLockedOnFault(one.start())).isTrue();
        assertThat(one.start() % GRANULE).isZero();
        assertThat(one.length()).isEqualTo(6 * GRANULE);
        assertThat(libc.madvised).contains(new RecordingLibC.Advice(one.start(), one.length(), Linux.MADV_DONTDUMP));
        assertThat(populated()).containsExactly(0L, 4L, 5L);
        assertThat(view.heldBytes()).isEqualTo(3 * GRANULE);
    }

    @Test
    void isTriedAgainAfterACallThatFailed() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        kernel.filter.put("mlock2", Errno.EAGAIN);
        assertThat(hold()).contains("EAGAIN");
        kernel.filter.clear();

        now += ZgcMirror.TRY_AGAIN_NANOS - 1;
        assertThat(hold()).as("too early").contains("EAGAIN");
        now++;

        assertThat(hold()).isNull();
        assertThat(kernel.isLockedOnFault(kernel.zgcMirror().start())).isTrue();
    }

    /** Of a page that ZGC has not committed somebody's populating mlockall would make memory. */
    @Test
    void showsNothingOfTheFileThatZgcHasNotMappedYet() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        populated();

        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, 2 * GRANULE);
        hold();

        long start = kernel.zgcMirror().start();
        assertThat(kernel.isLockedOnFault(start + 2 * GRANULE)).isTrue();
        assertThat(kernel.isLocked(start + 3 * GRANULE)).as("beyond").isFalse();
        assertThat(populated()).containsExactly(2L);
    }

    @Test
    void populatesAPartAtATime() {
        kernel.mapHeapFile(HEAP, 2 * MANY * GRANULE, 0);
        kernel.refresh();
        view.cover(kernel.segments(), now);

        List<Long> all = new ArrayList<>();
        boolean isMore = true;
        while (isMore) {
            isMore = view.populate(kernel.segments());
            List<Long> part = populated();
            assertThat(part).hasSizeLessThanOrEqualTo(MANY);
            all.addAll(part);
            kernel.unmap(HEAP + (2 * MANY - 1) * GRANULE, GRANULE); // ZGC gives some back meanwhile
            kernel.refresh();
        }

        assertThat(all)
                .containsExactlyElementsOf(
                        LongStream.range(0, 2 * MANY - 1).boxed().toList());
    }

    /** From swap each granule takes long, and who looks at the lock waits meanwhile. */
    @Test
    void populatesASmallerPartWhereThatTakesLong() {
        kernel.mapHeapFile(HEAP, 64 * GRANULE, 0);
        kernel.refresh();
        view.cover(kernel.segments(), now);
        whilePausing = () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));

        assertThat(view.populate(kernel.segments())).isTrue();

        assertThat(view.heldBytes()).isBetween(GRANULE, 20 * GRANULE);
    }

    @Test
    void pausesAfterEachGranuleItPopulates() {
        kernel.mapHeapFile(HEAP, 8 * GRANULE, 0);
        kernel.refresh();
        view.cover(kernel.segments(), now);
        List<Long> held = new ArrayList<>();
        whilePausing = () -> held.add(view.heldBytes() / GRANULE);

        view.populate(kernel.segments());

        assertThat(held).contains(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    /** Before Linux 5.18 the kernel goes through all of it page by page, and holds mmap_lock. */
    @Test
    void isLockedInPiecesWithPausesBetweenThem() {
        kernel.mapHeapFile(HEAP, 200 * GRANULE, 0);
        kernel.refresh();
        kernel.longestWalk = 0;
        AtomicInteger pauses = new AtomicInteger();
        whilePausing = pauses::incrementAndGet;

        assertThat(view.cover(kernel.segments(), now)).isNull();

        assertThat(kernel.zgcMirror().length()).isEqualTo(200 * GRANULE);
        assertThat(kernel.longestWalk).isLessThanOrEqualTo(64 << 20);
        assertThat(pauses).hasValueGreaterThanOrEqualTo(6);
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
    void goesThroughAllOnceAnHour() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        populated();
        now += ZgcMirror.ALL_AGAIN_NANOS / 2;
        hold();
        assertThat(populated()).isEmpty();

        now += ZgcMirror.ALL_AGAIN_NANOS;
        hold();

        assertThat(populated()).containsExactly(0L);
    }

    /** Of a heap of some TiB, each time takes minutes of a CPU. */
    @Test
    void goesThroughAllMoreSeldomWhereThatTakesLong() {
        kernel.mapHeapFile(HEAP, 2 * GRANULE, 0);
        hold();
        populated();
        whilePausing = () -> cpuNanos += TimeUnit.SECONDS.toNanos(5);
        now += ZgcMirror.ALL_AGAIN_NANOS;
        hold();
        populated();

        now += TimeUnit.SECONDS.toNanos(10_000) - 1;
        hold();
        assertThat(populated()).isEmpty();
        now++;
        hold();
        assertThat(populated()).containsExactly(0L, 1L);
    }

    /** An attach populates a part, and the keeper the next, whose thread has used so much more in its life. */
    @Test
    void doesNotCompareTheCpuTimesOfTwoThreads() {
        kernel.mapHeapFile(HEAP, 2 * MANY * GRANULE, 0);
        while (isMore()) {}
        populated();
        now += ZgcMirror.ALL_AGAIN_NANOS;
        view.cover(kernel.segments(), now);
        do {
            cpuNanos += TimeUnit.HOURS.toNanos(1);
        } while (isMore());
        populated();

        now += ZgcMirror.ALL_AGAIN_NANOS;
        hold();

        assertThat(populated()).isNotEmpty();
    }

    @Test
    void goesThroughAllOnceADayHoweverLongThatTakes() {
        kernel.mapHeapFile(HEAP, 2 * GRANULE, 0);
        hold();
        populated();
        whilePausing = () -> cpuNanos += TimeUnit.HOURS.toNanos(1);
        now += ZgcMirror.ALL_AGAIN_NANOS;
        hold();
        populated();

        now += ZgcMirror.LATEST_ALL_AGAIN_NANOS;
        hold();
        assertThat(populated()).containsExactly(0L, 1L);
    }

    /** Otherwise it would go on without end where that takes more than an hour. */
    @Test
    void doesNotBeginAgainBeforeItHasGoneThroughAll() {
        kernel.mapHeapFile(HEAP, 2 * MANY * GRANULE, 0);
        while (isMore()) {}
        populated();
        now += ZgcMirror.ALL_AGAIN_NANOS;
        view.cover(kernel.segments(), now);
        assertThat(isMore()).isTrue();
        populated();
        now += ZgcMirror.ALL_AGAIN_NANOS;
        view.cover(kernel.segments(), now);

        while (isMore()) {}
        assertThat(populated()).doesNotContain(0L);
    }

    private boolean isMore() {
        kernel.refresh();
        view.cover(kernel.segments(), now);
        return view.populate(kernel.segments());
    }

    @Test
    void populatesByLockingBeforeLinux514AndLeavesTheLockOnFault() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        kernel.refresh();
        ZgcMirror old = view(libc, new KernelVersion(5, 13));
        old.cover(kernel.segments(), now);

        old.populate(kernel.segments());

        assertThat(libc.mlockedBytes).isEqualTo(GRANULE);
        assertThat(kernel.isLockedOnFault(kernel.zgcMirror().start())).isTrue();
    }

    @Test
    void goesThroughAllAgainWhenSomebodyHasUnlockedIt() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new FakeProcess(kernel, libc).newLock();
        lock.start(OptionParser.parse("mode=all"));
        lock.reconcile();
        lock.populateMirror();
        assertThat(populated()).containsExactly(0L);
        lock.populateMirror();
        assertThat(populated()).isEmpty();

        kernel.munlockall();
        lock.reconcile();
        lock.populateMirror();

        assertThat(populated()).containsExactly(0L);
        assertThat(kernel.isLockedOnFault(kernel.zgcMirror().start())).isTrue();
    }

    /** It may populate what it locks, and of the file's holes make memory. */
    @Test
    void isNotMadeUnderSomebodyElsesFutureLock() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        kernel.mlockall(Linux.MCL_FUTURE);

        new FakeProcess(kernel).newLock().start(OptionParser.parse("mode=heap,strategy=rescan"));

        assertThat(kernel.hasHeapView()).isFalse();
    }

    @Test
    void countsForNothingOfItsOwn() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        kernel.refresh();
        libc.madvised.clear();

        RegionTotals totals = new RegionTotals(List.of());
        Headroom headroom = new Headroom(GRANULE, "the host");
        kernel.segments().forEach(totals::addMapping);
        new Prefault(new Populator(libc, new KernelVersion(6, 1)), kernel::maps, nanos -> {}, progress, 2, () -> 0)
                .run(kernel.segments(), List.of(Region.HEAP), (regions, isLive) -> 0, headroom);

        RegionUsage heap = totals.report(0, 0).total(List.of(Region.HEAP));
        assertThat(heap.mappings()).isOne();
        assertThat(heap.committedBytes()).isEqualTo(GRANULE);
        assertThat(libc.madvised).containsExactly(new RecordingLibC.Advice(HEAP, GRANULE, Linux.MADV_POPULATE_WRITE));
    }

    @Test
    void leavesNothingBehind() {
        kernel.mapHeapFile(HEAP, 3 * GRANULE, 0);
        int before = kernel.mappingCount();
        hold();

        view.release();

        assertThat(view.exists()).isFalse();
        assertThat(view.heldBytes()).isZero();
        assertThat(kernel.mappingCount()).isEqualTo(before);
        assertThat(kernel.hasHeapView()).isFalse();
    }

    /** Whatever is mapped there meanwhile is unmapped at the end. */
    @Test
    void leavesNoGapForOthersWhileItLetsGo() {
        kernel.mapHeapFile(HEAP, 3 * GRANULE, 0);
        hold();
        long start = kernel.zgcMirror().start();
        List<Boolean> mapped = new ArrayList<>();
        whilePausing = () -> mapped.add(LongStream.range(0, 3).allMatch(i -> kernel.isMapped(start + i * GRANULE)));

        view.release();

        assertThat(mapped).containsExactly(true, true, true);
        assertThat(kernel.isMapped(start)).isFalse();
    }

    /** A mapping that failed may have left a gap: what somebody has mapped there since is not ours. */
    @Test
    void neverTouchesAPlaceAgainWhereAMappingFailed() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        long start = kernel.zgcMirror().start();
        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, GRANULE);
        kernel.refresh();
        kernel.failCall = kernel.calls; // the mapping of the second granule
        assertThat(view.cover(kernel.segments(), now)).startsWith("mapping it: ");
        kernel.failCall = -1;
        kernel.commit(Region.NATIVE, start + GRANULE, GRANULE);
        now += 2 * ZgcMirror.ALL_AGAIN_NANOS;

        assertThat(hold()).isEqualTo("mapping more of the heap has failed before");
        view.release();

        assertThat(kernel.isMapped(start)).isFalse();
        assertThat(kernel.isMapped(start + GRANULE)).isTrue();
    }

    @Test
    void neverReachesBeyondWhatItHasReserved() {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        hold();
        long reserved = Runtime.getRuntime().maxMemory() / GRANULE * GRANULE;
        kernel.mapHeapFile(HEAP + GRANULE, GRANULE, reserved + 4 * GRANULE);

        assertThat(hold()).isEqualTo("the file is larger than the largest heap");

        assertThat(kernel.zgcMirror().length()).isEqualTo(GRANULE);
    }

    @Test
    void saysWhenTheFileIsNotOpenAndTriesAgainLater() {
        kernel.showsDescriptors = false;
        kernel.mapHeapFile(HEAP, GRANULE, 0);

        String problem = hold();

        assertThat(problem).isEqualTo("no file descriptor of /memfd:java_heap (deleted) in /proc/self/fd");
        assertThat(view.exists()).isFalse();
        assertThat(kernel.mappingCount()).isOne();
        kernel.showsDescriptors = true;
        assertThat(hold()).as("not in each pass").isEqualTo(problem);
        now += 2 * ZgcMirror.ALL_AGAIN_NANOS;
        assertThat(hold()).isNull();
        assertThat(view.exists()).isTrue();
    }

    @Test
    void whateverCallFailsNothingStaysMappedAfterRelease() {
        for (int call = 0; call < 8; call++) {
            FakeKernel failing = new FakeKernel();
            failing.mapHeapFile(HEAP, GRANULE, 0);
            failing.refresh();
            failing.failCall = call;
            failing.failWith = Errno.ENOMEM;
            ZgcMirror one = new FakeProcess(failing).newZgcMirror();

            String problem = one.cover(failing.segments(), now);
            boolean isPopulated = !one.populate(failing.segments()) && one.heldBytes() > 0;
            String later = one.cover(failing.segments(), now);
            failing.failCall = -1;

            assertThat(failing.hasHeapView()).as("call %d: %s", call, problem).isEqualTo(one.exists());
            assertThat(isPopulated || later != null)
                    .as("call %d: what is not held is told", call)
                    .isTrue();
            one.release();
            assertThat(failing.hasHeapView()).as("call %d", call).isFalse();
            assertThat(failing.mappingCount())
                    .as("call %d: the heap, and at most the place of a failed mapping", call)
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void isNotForOtherCollectors() {
        kernel.commit(Region.HEAP, HEAP, GRANULE);

        assertThat(hold()).isNull();

        assertThat(Segment.isAnyRemappedHeap(kernel.segments())).isFalse();
        assertThat(view.exists()).isFalse();
    }

    @Test
    void comesWithTheLockAndGoesWithIt() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new FakeProcess(kernel).newLock();
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

    /** Which counts what it brings: to populate the view reads back, too. */
    @Test
    void isPopulatedAfterWhatIsInSwapWasReadBack() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        FakeProcess process = new FakeProcess(kernel);
        MemoryLock lock = process.newLock();
        List<Long> viewed = new ArrayList<>();
        process.whileSwappingIn = () -> viewed.add(lock.zgcMirror().bytes());
        lock.start(OptionParser.parse("mode=none"));

        lock.change(OptionParser.parse("mode=all"));

        assertThat(viewed).containsExactly(0L);
        assertThat(lock.zgcMirror().bytes()).isEqualTo(GRANULE);
    }

    @Test
    void keepsThePromiseThatRescanAloneCannot() throws Exception {
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new FakeProcess(kernel).newLock();

        assertThat(lock.start(OptionParser.parse("mode=heap,strategy=rescan")).failure())
                .isNull();

        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
        assertThat(kernel.isLockedOnFault(kernel.zgcMirror().start())).isTrue();
    }

    @Test
    void isNotMadeUnderALimitWhichItWouldUseUp() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 1 << 30;
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new FakeProcess(kernel).newLock();

        LockFailure failure = lock.start(OptionParser.parse("mode=heap")).failure();

        assertThat(kernel.hasHeapView()).isFalse();
        assertThat(failure.meaning()).contains("ZGC maps its heap again and again while it runs");
    }

    @Test
    void saysOnceWhatIsNotKeptWithoutIt() throws Exception {
        kernel.showsDescriptors = false;
        kernel.mapHeapFile(HEAP, GRANULE, 0);
        MemoryLock lock = new FakeProcess(kernel).newLock();
        lock.start(OptionParser.parse("mode=all"));

        assertThat(lock.reconcile().notices())
                .containsExactly(
                        "ZGC's heap is locked while it is mapped, but memory that ZGC has freed can be swapped out"
                                + " until ZGC uses it again (no second view of it: no file descriptor of /memfd:java_heap (deleted) in"
                                + " /proc/self/fd)");

        assertThat(lock.reconcile().notices()).isEmpty();
    }
}
