// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.advice.Place;
import io.memlock.advice.PlaceFiles;
import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.CallCost;
import io.memlock.calls.FutureProbe;
import io.memlock.calls.GentleCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pause;
import io.memlock.calls.PieceSize;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.calls.SplitProbe;
import io.memlock.cgroup.Cgroups;
import io.memlock.cgroup.ProcessRoom;
import io.memlock.cgroup.RoomWatch;
import io.memlock.files.FileOpener;
import io.memlock.hotspot.HugePages;
import io.memlock.hotspot.InProcessDiagnosticCommands;
import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.LayerStatus;
import io.memlock.keeper.HeapRoom;
import io.memlock.keeper.ProcessView;
import io.memlock.lock.LockParts;
import io.memlock.lock.MappingBudget;
import io.memlock.lock.Reconciler;
import io.memlock.log.Log;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.SmapsCost;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.report.GentleScan;
import io.memlock.report.OutgrowWarning;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.SmapsScan;
import io.memlock.residency.ProcessResidency;
import io.memlock.residency.Residency;
import io.memlock.state.LockStatus;
import io.memlock.zgc.HeapView;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The parts of a lock on the process this runs in, each made when it is first needed: with {@code mode=all} the way to the
 * lock needs next to nothing of them.
 */
public final class ThisProcess implements LockParts, ProcessView {

    private static final long DEFAULT_MAX_MAP_COUNT = 65_530;

    private final LibC libc;
    private final FileOpener files;
    private final ProcFs proc;
    private final Instrumentation instrumentation;
    private final Log log;
    private final Progress progress;
    private final long pageBytes;
    private final LockProbe probe;
    private final LimitProbe limits;
    private final RoomWatch room;

    private GentleCalls calls;
    private HeldPages held;
    private boolean isLive;
    private Boolean inUserNamespace;
    private Place place;
    private JvmLayout layout;
    private Reconciler reconciler;
    private ApplicationLocks applicationLocks;

    /**
     * The process.
     *
     * @param libc the C library
     * @param proc where {@code /proc} is
     * @param instrumentation the JVM's
     * @param log where progress of long work is printed, unless somebody else waits for it
     */
    public ThisProcess(LibC libc, ProcFs proc, Instrumentation instrumentation, Log log) {
        this.libc = libc;
        this.files = new CloseOnExecFiles(libc);
        this.proc = proc.openedBy(files);
        this.instrumentation = instrumentation;
        this.log = log;
        this.progress = new Progress(log);
        this.pageBytes = libc.sysconf(Linux.SC_PAGESIZE);
        this.probe = new LockProbe(libc, pageBytes);
        this.limits = new LimitProbe(libc, this.proc, probe, pageBytes);
        this.room = new RoomWatch(new ProcessRoom(this.proc));
    }

    /** Its files in {@code /proc}, opened so that no child inherits them. */
    public ProcFs files() {
        return proc;
    }

    /** Bytes in a page. */
    public long pageBytes() {
        return pageBytes;
    }

    /**
     * Whether so much is resident that reading smaps would keep threads from mapping memory for a time that somebody notices.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    public boolean isLarge() throws IOException {
        return !SmapsCost.isLow(proc.status(ProcFs.SELF).vmRssBytes());
    }

    @Override
    public RegionReport scan() throws IOException {
        if (!isLarge()) {
            return scanAtOnce();
        }
        try {
            return new GentleScan(proc, layout(), probe, Pause.SLEEP, pageBytes).scan();
        } catch (IOException e) {
            log.debug("no gentle scan: " + e.getMessage());
            return scanAtOnce();
        }
    }

    /** The same before the application runs, when there is nobody to stall. */
    RegionReport scanAtOnce() throws IOException {
        return new SmapsScan(proc, ProcFs.SELF, layout()).scan();
    }

    /** How far long work is. */
    public Progress progress() {
        return progress;
    }

    @Override
    public boolean hasHeapRoom() {
        return HeapRoom.isThere();
    }

    @Override
    public List<LayerStatus> layers() {
        return layout().layers();
    }

    @Override
    public OutgrowWarning outgrowWarning(LockStatus status, RegionReport report) {
        return OutgrowWarning.of(
                report,
                status,
                Runtime.getRuntime().maxMemory(),
                new Cgroups(proc).memory(ProcFs.SELF).limitBytes(),
                proc.memInfo().totalBytes());
    }

    @Override
    public String swapNote() throws IOException {
        boolean isOff = proc.memInfo().swapTotalBytes() == 0;
        if (!isOff && new Cgroups(proc).memory(ProcFs.SELF).swapLimitBytes() != 0) {
            return null;
        }
        return "swap is off" + (isOff ? "" : " for this memory cgroup")
                + ": only pages of files (libraries, the JDK's classes) could be dropped, and these are what the lock"
                + " protects here";
    }

    @Override
    public ProcessNumbers numbers() throws IOException {
        return ProcessNumbers.of(proc, ProcFs.SELF);
    }

    @Override
    public long residentBytes() throws IOException {
        return proc.status(ProcFs.SELF).vmRssBytes();
    }

    @Override
    public LibC libc() {
        return libc;
    }

    @Override
    public synchronized GentleCalls calls() {
        if (calls == null) { // a start that needs no call on a range does without their classes before main
            HugePages hugePages = new HugePages(proc, new InProcessDiagnosticCommands(instrumentation), pageBytes);
            PieceSize pieces = new PieceSize(pageBytes, hugePages, new CallCost(libc));
            calls = new GentleCalls(libc, probe, Pause.SLEEP, progress, pieces, held());
            if (isLive) {
                calls.live();
            }
        }
        return calls;
    }

    @Override
    public synchronized HeldPages held() {
        if (held == null) {
            held = new HeldPages(libc, probe, pageBytes);
        }
        return held;
    }

    @Override
    public synchronized void live() {
        isLive = true;
        if (calls != null) {
            calls.live();
        }
    }

    @Override
    public LimitProbe limits() {
        return limits;
    }

    @Override
    public FutureProbe futureProbe() {
        return new FutureProbe(libc, probe, pageBytes);
    }

    @Override
    public HeapView heapView() {
        return new HeapView(libc, Populator.of(libc, proc), probe, Pause.SLEEP, progress);
    }

    @Override
    public Residency residency() {
        return new ProcessResidency(libc, proc, log, progress, pageBytes, new ProcessResidency.Scanner() {
            @Override
            public long residentBytes(List<Region> regions, boolean isLive) throws IOException {
                return (isLive ? scan() : scanAtOnce()).total(regions).residentBytes();
            }
        });
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

    /** What is charged against the limit, by anybody. Unknown counts as nothing: then the kernel refuses what is too much. */
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
        if (proc.hasNoHugetlbPages()) {
            return false;
        }
        try {
            for (Mapping mapping : proc.mappings(ProcFs.SELF)) {
                if (mapping.isHugetlb()) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // nothing can be locked by name either
        }
    }

    @Override
    public synchronized boolean isInUserNamespace() {
        if (inUserNamespace == null) { // a process with threads cannot go to another: setns(2), unshare(2)
            inUserNamespace = proc.isInUserNamespace(ProcFs.SELF);
        }
        return inUserNamespace;
    }

    @Override
    public synchronized Place place() {
        if (place == null) {
            place = PlaceFiles.ofThisProcess();
        }
        return place;
    }

    @Override
    public synchronized Reconciler reconciler() {
        if (reconciler == null) {
            reconciler = new Reconciler(
                    new SelfMap(proc, layout()),
                    probe,
                    calls(),
                    applicationLocks(),
                    new LongSupplier() {
                        @Override
                        public long getAsLong() {
                            return chargedBytes();
                        }
                    },
                    room,
                    Pause.SLEEP,
                    MappingBudget.of(maxMapCount()));
        }
        return reconciler;
    }

    @Override
    public synchronized ApplicationLocks applicationLocks() {
        if (applicationLocks == null) {
            applicationLocks = new ApplicationLocks(new ApplicationLocks.LockFlags() {
                @Override
                public void forEachLocked(Predicate<Mapping> asked, ApplicationLocks.Locked consumer)
                        throws IOException {
                    readLocked(asked, consumer);
                }
            });
        }
        return applicationLocks;
    }

    private void readLocked(Predicate<Mapping> asked, ApplicationLocks.Locked consumer) throws IOException {
        SplitProbe split = new SplitProbe(libc, probe, pageBytes, () -> proc.mappings(ProcFs.SELF));
        if (isLarge() && split.forEach(asked, consumer)) {
            return;
        }
        proc.smaps(ProcFs.SELF, entry -> {
            if (entry.locked() && asked.test(entry.mapping())) {
                consumer.accept(entry.mapping(), entry.lockedOnFault());
            }
        });
    }

    @Override
    public LockProbe probe() {
        return probe;
    }

    @Override
    public RoomWatch room() {
        return room;
    }

    private synchronized JvmLayout layout() {
        if (layout == null) {
            layout = JvmLayout.ofThisJvm(instrumentation, files, (int) pageBytes);
        }
        return layout;
    }

    private long maxMapCount() {
        try {
            return Long.parseLong(proc.sys("vm/max_map_count"));
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_MAX_MAP_COUNT;
        }
    }
}
