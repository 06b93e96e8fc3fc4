// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import io.memlock.cgroup.RoomSource;
import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.LayerStatus;
import io.memlock.keeper.ProcessView;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.memory.SmapsCost;
import io.memlock.proc.ProcFs;
import io.memlock.report.GentleScan;
import io.memlock.report.OutgrowWarning;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.SmapsScan;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Implements {@link ProcessView} for the process this runs in. */
public final class OwnProcessView implements ProcessView {

    private final ProcFs proc;
    private final JvmLayout layout;
    private final GentleScan gentleScan;
    private final Log log;
    private final MemoryLock lock;
    private final OwnMetaspace metaspace;
    private final BooleanSupplier isHeapHugetlb;

    /** Whether the log tells that there are no scans. */
    private volatile boolean isRefusalTold;

    /**
     * Creates the view.
     *
     * @param log told once where no scan is gentle enough
     * @param lock knows which of the mapped files are chosen
     * @param metaspace of this JVM
     * @param isHeapHugetlb tells whether the heap lies in huge pages of hugetlbfs: it takes nothing of the free memory then
     */
    OwnProcessView(
            ProcFs proc,
            JvmLayout layout,
            GentleScan gentleScan,
            Log log,
            MemoryLock lock,
            OwnMetaspace metaspace,
            BooleanSupplier isHeapHugetlb) {
        this.proc = proc;
        this.layout = layout;
        this.gentleScan = gentleScan;
        this.log = log;
        this.lock = lock;
        this.metaspace = metaspace;
        this.isHeapHugetlb = isHeapHugetlb;
    }

    /** Scans without a stall. Of a large process that is not dumpable the kernel only gives what would stall it. */
    @Override
    public RegionReport scan() throws IOException {
        if (SmapsCost.isLow(residentBytes())) {
            return scanAtOnce();
        }
        try {
            return gentleScan.scan(lock.chosenFiles());
        } catch (IOException e) {
            if (!isRefusalTold) {
                isRefusalTold = true;
                log.info("how much of each region is in RAM is not known: " + e.getMessage()
                        + "; smaps is not read instead, which takes " + SmapsCost.IN_WORDS
                        + ". The lock does not depend on it");
            }
            throw e;
        }
    }

    /** Scans in one go: before the application runs there is nobody to stall. */
    RegionReport scanAtOnce() throws IOException {
        return SmapsScan.of(proc, ProcFs.SELF, layout, lock.chosenFiles());
    }

    @Override
    public long headroomBytes() {
        long free = new Cgroups(proc).memory(ProcFs.SELF).freeBytes(proc.memInfo());
        return free == RoomSource.UNBOUNDED ? -1 : free;
    }

    @Override
    public boolean hasHeapRoom() {
        return HeapRoom.isThere();
    }

    @Override
    public boolean hasMetaspaceRoom() {
        return metaspace.hasRoom();
    }

    @Override
    public List<LayerStatus> layers() {
        return layout.layers();
    }

    @Override
    public OutgrowWarning outgrowWarning(LockStatus status, RegionReport report) {
        CgroupHierarchy cgroup = new Cgroups(proc).memory(ProcFs.SELF);
        return OutgrowWarning.of(
                report,
                status,
                isHeapHugetlb.getAsBoolean() ? 0 : Runtime.getRuntime().maxMemory(),
                cgroup.limitBytes(),
                cgroup.highBytes(),
                proc.memInfo().totalBytes(),
                isSwapOn() && cgroup.swapLimitBytes() != 0,
                cgroup.isNeverSwappedForALimit() || cgroup.isSwapOfNoUseForOwnLimit());
    }

    private boolean isSwapOn() {
        return proc.memInfo().swapTotalBytes() != 0;
    }

    @Override
    public String swapNote() throws IOException {
        boolean isOff = !isSwapOn();
        if (!isOff) {
            CgroupHierarchy cgroup = new Cgroups(proc).memory(ProcFs.SELF);
            if (cgroup.swapLimitBytes() != 0) {
                return cgroup.isKnown() ? null : OutgrowWarning.UNSEEN;
            }
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
}
