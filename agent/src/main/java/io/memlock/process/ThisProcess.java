// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.advice.Deployment;
import io.memlock.advice.DeploymentDetector;
import io.memlock.advice.DeploymentEvidence;
import io.memlock.advice.DeploymentFiles;
import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.CallCost;
import io.memlock.calls.ChunkSize;
import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.FutureProbe;
import io.memlock.calls.HeldPages;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Maps;
import io.memlock.calls.OnFaultProbe;
import io.memlock.calls.Pacer;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.calls.SharedMemorySwap;
import io.memlock.cgroup.ProcessRoom;
import io.memlock.cgroup.RoomSource;
import io.memlock.cgroup.RoomWatch;
import io.memlock.files.FileOpener;
import io.memlock.hotspot.HugePages;
import io.memlock.hotspot.InProcessDiagnosticCommands;
import io.memlock.hotspot.JvmLayout;
import io.memlock.lock.FutureLock;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.OwnProcess;
import io.memlock.lock.Passes;
import io.memlock.lock.Plan;
import io.memlock.log.Log;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.SmapsCost;
import io.memlock.options.CurrentOptions;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.ThreadCpuTime;
import io.memlock.proc.ProcFs;
import io.memlock.ranges.RangeLocker;
import io.memlock.reconcile.PassRelay;
import io.memlock.reconcile.Reconciler;
import io.memlock.report.GentleScan;
import io.memlock.report.RegionReport;
import io.memlock.residency.Prefault;
import io.memlock.residency.ProcessResidency;
import io.memlock.residency.Residency;
import io.memlock.zgc.ZgcMirror;
import io.memlock.zgc.ZgcMirrorKeeper;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Represents the process this runs in, and gives each class the part of it that the class needs. Parts are made when
 * they are first needed, because a lock with {@code mode=all} needs few of them.
 */
public final class ThisProcess implements OwnProcess, ApplicationLocks.LockFlags {

    /** Pages of one mapping, from which on the kernel counts less than nothing once they are locked. */
    private static final long MISCOUNTED_PAGES = 1L << 31;

    /** ZGC reserves up to so many times the largest heap, in one mapping. */
    private static final long RESERVED_HEAPS = 16;

    private final LibC libc;
    private final FileOpener opener;
    private final ProcFs proc;
    private final Instrumentation instrumentation;
    private final Log log;
    private final Progress progress;
    private final long pageBytes;
    private final LockProbe probe;
    private final LimitProbe limits;
    private final Maps maps = new Maps() { // no lambda, as below: this is on the way to main
                @Override
                public List<Mapping> read() throws IOException {
                    return proc.mappings(ProcFs.SELF);
                }
            };

    private final HugetlbHeap hugetlbHeap = new HugetlbHeap(this);

    /** Whether huge pages of hugetlbfs were mapped when that could last be told. */
    private volatile boolean heldHugetlb;

    private HeldPages held;
    private Boolean inUserNamespace;
    private Boolean locksReservedAtOnce;
    private Deployment deployment;
    private JvmLayout layout;
    private PassRelay passRelay;
    private MemoryLock lock;
    private OwnMetaspace metaspace;

    /**
     * Describes the process.
     *
     * @param libc the C library
     * @param instrumentation opens what the JDK keeps to itself; null on the command line
     * @param log where progress of long work is printed, unless somebody else waits for it
     */
    public ThisProcess(LibC libc, Instrumentation instrumentation, Log log) {
        this.libc = libc;
        this.opener = new CloseOnExecFiles(libc);
        this.proc = new ProcFs(opener);
        this.instrumentation = instrumentation;
        this.log = log;
        this.progress = new Progress(log);
        this.pageBytes = libc.sysconf(Linux.SC_PAGESIZE);
        this.probe = new LockProbe(libc, pageBytes);
        this.limits = new LimitProbe(libc, proc, probe, pageBytes);
    }

    /**
     * Creates a lock on this process, which is not taken yet.
     *
     * @param options follow what the lock goes by
     */
    public MemoryLock newLock(CurrentOptions options) {
        ApplicationLocks applicationLocks = new ApplicationLocks(this);
        FutureLock future = new FutureLock(libc, new FutureProbe(libc, probe, pageBytes), applicationLocks, this);
        RoomWatch room = new RoomWatch(newRoom());
        Plan plan = new Plan(limits, room, this, options);
        Supplier<Reconciler> reconciler = new Supplier<>() { // no lambda, as below: this is on the way to main
                    @Override
                    public Reconciler get() {
                        return newReconciler(applicationLocks, room);
                    }
                };
        Supplier<ZgcMirror> mirror = new Supplier<>() {
            @Override
            public ZgcMirror get() {
                return new ZgcMirror(
                        libc, Populator.of(libc, proc), probe, Pause.SLEEP, progress, new ThreadCpuTime(libc));
            }
        };
        lock = new MemoryLock(plan, future, new Passes(reconciler, future, new ZgcMirrorKeeper(mirror)), this);
        return lock;
    }

    /** Creates a source of what room there is, for one thread. */
    public RoomSource newRoom() {
        return new ProcessRoom(proc, pageBytes, new HeapCounters(instrumentation), hugetlbHeap);
    }

    private Reconciler newReconciler(ApplicationLocks applicationLocks, RoomWatch room) {
        ChunkSize pieces = new ChunkSize(pageBytes, hugePages(), new CallCost(libc));
        Reconciler reconciler = new Reconciler(
                new OwnMappings(proc, layout(), this),
                probe,
                new ChunkedCalls(libc, Pause.SLEEP, progress, pieces, held()),
                applicationLocks,
                room,
                Pause.SLEEP);
        reconciler.tell(passRelay());
        return reconciler;
    }

    /** Creates what tells how large the huge pages may be. */
    public HugePages hugePages() {
        return new HugePages(proc, new InProcessDiagnosticCommands(instrumentation), pageBytes);
    }

    /** Returns what hands what each pass found on to those who listen. */
    public synchronized PassRelay passRelay() {
        if (passRelay == null) {
            passRelay = new PassRelay();
        }
        return passRelay;
    }

    /** Returns what tells whether metaspace has room; made after the start. */
    public synchronized OwnMetaspace metaspace() {
        if (metaspace == null) {
            metaspace = OwnMetaspace.of(proc, instrumentation, log);
        }
        return metaspace;
    }

    /** Creates what scans this process and tells of it, once {@link #newLock} has made the lock. */
    public OwnProcessView view() {
        SharedMemorySwap sharedSwap = new SharedMemorySwap(libc, proc, Pause.SLEEP, pageBytes);
        GentleScan gentleScan = new GentleScan(proc, layout(), probe, sharedSwap, new Pacer(Pause.SLEEP), pageBytes);
        return new OwnProcessView(proc, layout(), gentleScan, log, lock, metaspace(), hugetlbHeap);
    }

    @Override
    public Residency residency() {
        return new ProcessResidency(libc, proc, maps, log, progress, pageBytes, hugePages(), new Prefault.Resident() {
            @Override
            public long bytes(List<Region> regions, boolean isLive) throws IOException {
                RegionReport report;
                try {
                    report = isLive ? view().scan() : view().scanAtOnce();
                } catch (IOException e) {
                    log.debug("prefault takes nothing to be in RAM yet: " + e.getMessage());
                    return 0;
                }
                return report.total(regions, lock.chosenFiles()).residentBytes();
            }
        });
    }

    private synchronized JvmLayout layout() {
        if (layout == null) {
            layout = JvmLayout.ofThisJvm(instrumentation, opener, (int) pageBytes);
        }
        return layout;
    }

    /** Returns the C library. */
    public LibC libc() {
        return libc;
    }

    /** Returns its files in {@code /proc}, opened so that no child inherits them. */
    public ProcFs files() {
        return proc;
    }

    /** Returns the size of a page. */
    public long pageBytes() {
        return pageBytes;
    }

    /** Returns what tells how far calls over large ranges are. */
    public Progress progress() {
        return progress;
    }

    /**
     * Returns whether so much is resident that reading smaps would keep threads from mapping memory for a time that somebody notices.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    public boolean isLarge() throws IOException {
        return !SmapsCost.isLow(proc.status(ProcFs.SELF).vmRssBytes());
    }

    /** Returns the regions of all memory as far as they are known without disturbing anybody. */
    List<Segment> segmentsUnasked() throws IOException {
        return layout().classifyUnasked(proc.mappings(ProcFs.SELF));
    }

    @Override
    public List<Segment> locate(List<Region> regions) throws IOException {
        List<Mapping> mappings = proc.mappings(ProcFs.SELF);
        List<Segment> segments = layout().classifyUnasked(mappings);
        return holdsAll(segments, regions) ? segments : layout().classify(mappings);
    }

    private static boolean holdsAll(List<Segment> segments, List<Region> regions) {
        Set<Region> missing = EnumSet.copyOf(regions);
        for (Segment segment : segments) {
            missing.remove(segment.region());
        }
        return missing.isEmpty();
    }

    /** Returns what anybody has charged against the limit. Unknown counts as 0: then the kernel refuses what is too much. */
    @Override
    public long chargedBytes() {
        try {
            long charged = proc.status(ProcFs.SELF).vmLckBytes();
            return Math.max(0, charged);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public boolean holdsHugetlb() {
        if (proc.memInfo().hasNoHugetlbPages()) {
            return false;
        }
        try {
            List<Mapping> mappings = proc.mappings(ProcFs.SELF);
            if (!mappings.isEmpty()) { // as they are once the first thread has ended
                heldHugetlb = isAnyHugetlb(mappings);
            }
        } catch (IOException e) {
            // At a start nothing can be locked by name then; later an application may have used up its descriptors.
        }
        return heldHugetlb;
    }

    private static boolean isAnyHugetlb(List<Mapping> mappings) {
        for (Mapping mapping : mappings) {
            if (mapping.isHugetlb()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized boolean isInUserNamespace() {
        if (inUserNamespace == null) { // a process with threads cannot go to another: setns(2), unshare(2)
            inUserNamespace = proc.isInUserNamespace(ProcFs.SELF);
        }
        return inUserNamespace;
    }

    @Override
    public boolean mayBeMiscounted() {
        return Runtime.getRuntime().maxMemory() / pageBytes >= MISCOUNTED_PAGES / RESERVED_HEAPS;
    }

    @Override
    public synchronized boolean locksReservedAtOnce() {
        if (locksReservedAtOnce == null) {
            locksReservedAtOnce = proc.isKernelAtLeast(5, 18);
        }
        return locksReservedAtOnce;
    }

    @Override
    public boolean isFiltered() {
        return proc.isFiltered();
    }

    @Override
    public boolean hasNewFilter() {
        return limits.hasNewFilter();
    }

    @Override
    public synchronized HeldPages held() {
        if (held == null) {
            held = new HeldPages(libc, probe, pageBytes, maps);
        }
        return held;
    }

    /** Creates what locks ranges; what a handle lets go of stays locked where the agent wants it. */
    public RangeLocker newRangeLocker() {
        held().askWhetherWanted(lock::wants);
        return new RangeLocker(
                this, libc, probe, limits, proc, Pause.SLEEP, pageBytes, HugePages.largestBytes(pageBytes));
    }

    @Override
    public synchronized Deployment deployment() {
        if (deployment != null) {
            return deployment;
        }
        DeploymentEvidence evidence = DeploymentFiles.ofThisProcess();
        Deployment found = DeploymentDetector.detect(evidence);
        if (instrumentation == null) {
            found = found.ofEndedProcess();
        }
        if (evidence.isComplete()) { // otherwise it is no more than a guess, for this once
            deployment = found;
        }
        return found;
    }

    @Override
    public Map<Mapping, Boolean> onFaultByLocked(Predicate<Mapping> asked) throws IOException {
        Map<Mapping, Boolean> probed =
                isLarge() ? new OnFaultProbe(libc, probe, held(), pageBytes, maps).find(asked) : null;
        if (probed != null) {
            return probed;
        }
        Map<Mapping, Boolean> onFault = new HashMap<>();
        proc.smaps(ProcFs.SELF, entry -> {
            if (entry.locked() && asked.test(entry.mapping())) {
                onFault.put(entry.mapping(), entry.lockedOnFault());
            }
        });
        return onFault;
    }

    @Override
    public boolean isLockedForGood(Mapping mapping) throws IOException {
        if (isLarge()) {
            return false; // smaps would stall the application
        }
        AtomicBoolean isForGood = new AtomicBoolean();
        proc.smaps(ProcFs.SELF, entry -> {
            boolean isAsked = entry.mapping().start() <= mapping.start()
                    && mapping.start() < entry.mapping().end();
            if (isAsked && entry.locked() && entry.special()) {
                isForGood.set(true);
            }
        });
        return isForGood.get();
    }
}
