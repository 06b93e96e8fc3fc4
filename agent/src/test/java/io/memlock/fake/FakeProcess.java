// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import io.memlock.advice.Deployment;
import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.ChunkSize;
import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.FutureProbe;
import io.memlock.calls.HeldPages;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.cgroup.OomMargin;
import io.memlock.cgroup.RoomSource;
import io.memlock.cgroup.RoomWatch;
import io.memlock.hotspot.LayerStatus;
import io.memlock.keeper.ProcessView;
import io.memlock.lock.FutureLock;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.OwnProcess;
import io.memlock.lock.Passes;
import io.memlock.lock.Plan;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.options.AgentOptions;
import io.memlock.options.CurrentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.os.LibC;
import io.memlock.os.ThreadCpuTime;
import io.memlock.proc.KernelVersion;
import io.memlock.reconcile.Mappings;
import io.memlock.reconcile.Reconciler;
import io.memlock.report.OutgrowWarning;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionTotals;
import io.memlock.residency.ReadBack;
import io.memlock.residency.Residency;
import io.memlock.state.LockStatus;
import io.memlock.zgc.ZgcMirror;
import io.memlock.zgc.ZgcMirrorKeeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The parts of a lock on a {@link FakeKernel}'s process. */
public final class FakeProcess implements OwnProcess, ProcessView {

    final FakeKernel kernel;
    private final LibC viewing;
    public boolean isFiltered;

    /** Whether a mapping is longer than the kernel can count. */
    public boolean isMiscounted;

    public boolean hasNewFilter;

    /** Whether a lock has had what looks at mappings made. */
    public boolean isReconcilerMade;

    /** Run by each scan. */
    public Runnable onScan = () -> {};

    /** How long a scan takes, as it says. */
    public long scanNanos;

    public final List<String> asked = new ArrayList<>();

    /** What the JVM does while an attach prefaults. */
    public Runnable whilePrefaulting = () -> {};

    /** What the JVM does while an attach reads back what is in swap. */
    public Runnable whileSwappingIn = () -> {};

    /** Its id, as whoever types sees it; 0 if the process does not know that. */
    public long pid = 4711;

    /** What happens while a pass reads a part of it back. */
    public Runnable whileReadingBack = () -> {};

    /** Whether private memory is in swap. */
    public boolean isPrivateInSwap;

    /** How many times it takes to read that back, where a pass has time for a part only. */
    public int partsInSwap = 1;

    /** Whether nobody can look what is in swap. */
    public boolean isPagemapUnreadable;

    /** Why that cannot be read back. */
    public String swapInRefusal;

    /** What brings its pages into RAM. */
    public Residency residency = new Remembering();

    /** What is left for files. */
    public long freeBytes = Long.MAX_VALUE;

    /** What happens at each look at what is left. */
    public Runnable onFreeBytes = () -> {};

    /** What happens at each look at what is locked. */
    public Runnable onLocked = () -> {};

    /** How near the OOM killer is. */
    public List<OomMargin> margins = List.of();

    /** What the process has in RAM and in swap; null where it cannot be read. */
    public RoomSource.Anonymous anonymous = new RoomSource.Anonymous(0, 0);

    private final RoomWatch room = new RoomWatch(new RoomSource() {
        @Override
        public long nanoTime() {
            return FakeProcess.this.nanoTime();
        }

        @Override
        public long freeBytes() {
            onFreeBytes.run();
            return freeBytes;
        }

        @Override
        public long heapToComeBytes() {
            return 0;
        }

        @Override
        public Locked locked() {
            onLocked.run();
            return new Locked(kernel().chargedBytes(), 0);
        }

        @Override
        public long residentBytes() {
            return 0;
        }

        @Override
        public long nextCopiedBytes() {
            return -1;
        }

        @Override
        public List<OomMargin> margins() {
            return margins;
        }

        @Override
        public Anonymous anonymous() throws IOException {
            if (anonymous == null) {
                throw new IOException("/proc/self/status: Too many open files");
            }
            return anonymous;
        }
    });
    /** The options in force, of the lock that was made last. */
    public final CurrentOptions options = new CurrentOptions(defaults());

    private final Progress progress = new Progress(new Log(System.err, LogLevel.QUIET));
    private final LockProbe probe;
    private final HeldPages held;
    private final ApplicationLocks applicationLocks;
    private final Reconciler reconciler;
    private LimitProbe limits;

    public FakeProcess(FakeKernel kernel) {
        this(kernel, kernel);
    }

    /**
     * A process.
     *
     * @param viewing through which ZGC's heap is viewed
     */
    public FakeProcess(FakeKernel kernel, LibC viewing) {
        this.kernel = kernel;
        this.viewing = viewing;
        this.probe = new LockProbe(kernel, FakeKernel.PAGE);
        this.held = new HeldPages(kernel, probe, FakeKernel.PAGE, kernel::maps);
        ChunkedCalls calls = new ChunkedCalls(
                kernel, nanos -> {}, progress, new ChunkSize(FakeKernel.PAGE, () -> 2 << 20, () -> 0), held);
        this.applicationLocks = new ApplicationLocks(kernel.lockFlags());
        this.reconciler = new Reconciler(new KernelMappings(), probe, calls, applicationLocks, room, nanos -> {});
    }

    private static AgentOptions defaults() {
        try {
            return OptionParser.parse("");
        } catch (OptionException e) {
            throw new AssertionError(e);
        }
    }

    /** What its locks make their passes with. */
    public Reconciler reconciler() {
        return reconciler;
    }

    private FakeKernel kernel() {
        return kernel;
    }

    /** A lock on it, not taken yet. */
    public MemoryLock newLock() {
        FutureLock future =
                new FutureLock(kernel, new FutureProbe(kernel, probe, FakeKernel.PAGE), applicationLocks, this);
        limits = new LimitProbe(kernel, kernel.proc(), probe, FakeKernel.PAGE);
        Plan plan = new Plan(limits, room, this, options);
        Passes passes = new Passes(this::makeReconciler, future, new ZgcMirrorKeeper(this::newZgcMirror));
        return new MemoryLock(plan, future, passes, this);
    }

    private Reconciler makeReconciler() {
        isReconcilerMade = true;
        return reconciler;
    }

    /** A second view of the heap, not made yet. */
    public ZgcMirror newZgcMirror() {
        return new ZgcMirror(
                viewing,
                new Populator(viewing, new KernelVersion(6, 1)),
                probe,
                nanos -> {},
                progress,
                new ThreadCpuTime(kernel));
    }

    @Override
    public boolean mayBeMiscounted() {
        return isMiscounted;
    }

    /** What the heap has committed. */
    public volatile long heapBytes;

    @Override
    public long heapBytes() {
        return heapBytes;
    }

    /** Whether the kernel is older than 5.18. */
    public boolean goesThroughReserved;

    @Override
    public boolean locksReservedAtOnce() {
        return !goesThroughReserved;
    }

    @Override
    public boolean isFiltered() {
        return isFiltered;
    }

    @Override
    public boolean hasNewFilter() {
        return hasNewFilter || limits.hasNewFilter();
    }

    @Override
    public HeldPages held() {
        return held;
    }

    @Override
    public boolean holdsHugetlb() {
        return kernel.holdsHugetlb();
    }

    @Override
    public Residency residency() {
        return residency;
    }

    /** Remembers what was asked for; what populating does is tested with Prefault and SwapIn. */
    private final class Remembering implements Residency {
        @Override
        public String prefault(List<Segment> segments, List<Region> regions) {
            asked.add("briskly " + regions + " " + segments.size());
            return null;
        }

        @Override
        public String prefaultLive(List<Segment> segments, List<Region> regions, BooleanSupplier isOver) {
            asked.add("gently " + regions + " " + segments.size());
            whilePrefaulting.run();
            return isOver.getAsBoolean() ? "stopped" : null;
        }

        @Override
        public ReadBack swapIn(List<Segment> segments, BooleanSupplier isOver) {
            asked.add("swap in " + segments.size());
            whileSwappingIn.run();
            return new ReadBack(0, isOver.getAsBoolean() || isPagemapUnreadable ? segments : List.of(), swapInRefusal);
        }

        @Override
        public ReadBack swapInPrivate(List<Segment> segments, BooleanSupplier isOver) {
            asked.add("swap in privately " + segments.size());
            whileReadingBack.run();
            if (isPagemapUnreadable) {
                return new ReadBack(0, segments, "no file descriptor");
            }
            return new ReadBack(1, leftOf(segments), swapInRefusal);
        }

        @Override
        public void tellReadBack(long bytes) {
            asked.add("tell " + bytes);
        }

        @Override
        public boolean isPrivateInSwap() {
            return isPrivateInSwap;
        }
    }

    /** What a pass has no time for: the last of them, or its end. */
    private List<Segment> leftOf(List<Segment> segments) {
        if (partsInSwap-- <= 1) {
            return List.of();
        }
        Segment last = segments.get(segments.size() - 1);
        return List.of(last.from(last.start() + last.length() / 2));
    }

    @Override
    public List<Segment> locate(List<Region> regions) throws IOException {
        if (mapsFailure != null) {
            throw mapsFailure;
        }
        kernel.refresh();
        return kernel.segments();
    }

    /** Why the mappings cannot be looked at; null if they can. */
    public IOException mapsFailure;

    /** Those of the kernel, while they can be read. */
    private final class KernelMappings implements Mappings {
        @Override
        public boolean refresh() throws IOException {
            if (mapsFailure != null) {
                throw mapsFailure;
            }
            return kernel.refresh();
        }

        @Override
        public boolean looksUnchanged() {
            return kernel.looksUnchanged();
        }

        @Override
        public List<Segment> segments() {
            return kernel.segments();
        }

        @Override
        public int mappingCount() {
            return kernel.mappingCount();
        }

        @Override
        public long maxMappings() {
            return kernel.maxMappings();
        }

        @Override
        public long readMaxMappings() {
            return kernel.readMaxMappings();
        }

        @Override
        public long chargedBytes() {
            return kernel.chargedBytes();
        }
    }

    /** Moves the clock on. */
    public long passedNanos;

    @Override
    public long nanoTime() {
        return System.nanoTime() + passedNanos;
    }

    /** Nothing is resident in a fake kernel. */
    @Override
    public RegionReport scan() {
        onScan.run();
        long now = nanoTime();
        return new RegionTotals(List.of()).report(now, scanNanos);
    }

    @Override
    public long headroomBytes() {
        return freeBytes;
    }

    /** Whether {@code /proc/self} cannot be read. */
    public boolean areNumbersHidden;

    @Override
    public ProcessNumbers numbers() throws IOException {
        if (areNumbersHidden) {
            throw new IOException("hidden by the test");
        }
        return new ProcessNumbers(chargedBytes(), 0, 0, 0);
    }

    /** What the process has in RAM. */
    public long residentBytes;

    @Override
    public long residentBytes() {
        return residentBytes;
    }

    public boolean hasHeapRoom = true;

    public boolean hasMetaspaceRoom = true;

    @Override
    public boolean hasMetaspaceRoom() {
        return hasMetaspaceRoom;
    }

    @Override
    public boolean hasHeapRoom() {
        return hasHeapRoom;
    }

    @Override
    public List<LayerStatus> layers() {
        return List.of();
    }

    @Override
    public OutgrowWarning outgrowWarning(LockStatus status, RegionReport report) {
        return new OutgrowWarning(0, 0, 0, -1, -1, Long.MAX_VALUE, false, false);
    }

    @Override
    public String swapNote() {
        return null;
    }

    @Override
    public long chargedBytes() {
        return kernel.chargedBytes();
    }

    @Override
    public Deployment deployment() {
        return new Deployment(
                Deployment.Kind.SYSTEM_SERVICE,
                "app.service",
                "",
                "",
                "",
                "app",
                1000,
                "",
                false,
                isFiltered,
                "/jdk",
                pid);
    }

    @Override
    public boolean isInUserNamespace() {
        return kernel.isInUserNamespace;
    }
}
