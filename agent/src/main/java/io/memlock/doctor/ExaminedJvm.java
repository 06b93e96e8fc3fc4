// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Deployment;
import io.memlock.advice.DeploymentDetector;
import io.memlock.advice.DeploymentFiles;
import io.memlock.hotspot.JvmFlags;
import io.memlock.hotspot.JvmLayout;
import io.memlock.jvms.HeapLimit;
import io.memlock.jvms.Jvm;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessLimits;
import io.memlock.proc.ProcessStatus;
import io.memlock.report.SmapsScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds what is known of the examined JVM, all from about the same moment.
 *
 * @param process its directory in {@code /proc}: a number, or {@code self}
 * @param hasAgent whether the agent's own memory is there already
 * @param flags it was started with
 * @param heapMaxBytes the limit of its heap, -1 if it cannot be told
 * @param status identity, memory, privileges
 * @param limit RLIMIT_MEMLOCK
 * @param deployment where it runs, and who decides about its limits
 * @param segments its memory by region
 * @param resident what of it is in RAM: walks its page tables, so only for those who need to know
 * @param foreignLocks mappings somebody else than our agent has locked: they stay charged, whatever is selected
 */
record ExaminedJvm(
        String process,
        boolean hasAgent,
        JvmFlags flags,
        long heapMaxBytes,
        ProcessStatus status,
        ProcessLimits.Limit limit,
        Deployment deployment,
        List<Segment> segments,
        Resident resident,
        List<Mapping> foreignLocks) {

    /** Measures how much memory is in RAM. */
    interface Resident {

        long bytes(Selection selection) throws IOException;
    }

    static ExaminedJvm self(ProcFs proc, JvmFlags flags) throws IOException {
        long asked = flags.heapMaxBytes();
        return new ExaminedJvm(
                ProcFs.SELF,
                true,
                flags,
                asked < 0 ? Runtime.getRuntime().maxMemory() : asked,
                proc.status(ProcFs.SELF),
                proc.limits(ProcFs.SELF).lockedMemory(),
                DeploymentDetector.detect(DeploymentFiles.ofThisProcess()).ofEndedProcess(),
                JvmLayout.of(proc, ProcFs.SELF).classify(proc.mappings(ProcFs.SELF)),
                resident(proc, ProcFs.SELF),
                List.of());
    }

    static ExaminedJvm of(ProcFs proc, Jvm jvm, List<Mapping> mappings) throws IOException {
        String process = Long.toString(jvm.pid());
        ProcessStatus status = proc.status(process);
        List<Segment> segments = JvmLayout.of(proc, process).classify(mappings);
        return new ExaminedJvm(
                process,
                jvm.agent(),
                jvm.flags(),
                HeapLimit.of(jvm, segments),
                status,
                proc.limits(process).lockedMemory(),
                DeploymentFiles.of(proc, jvm.pid(), mappings),
                segments,
                resident(proc, process),
                status.vmLckBytes() > 0 ? foreignLocks(proc, process, jvm.agent()) : List.of());
    }

    private static Resident resident(ProcFs proc, String process) {
        return selection -> SmapsScan.selected(proc, process, selection).residentBytes();
    }

    /** Walks page tables, so only of a JVM in which something is locked. Our agent locks on-fault. */
    private static List<Mapping> foreignLocks(ProcFs proc, String process, boolean hasAgent) throws IOException {
        List<Mapping> locked = new ArrayList<>();
        proc.smaps(process, entry -> {
            if (entry.locked() && !(hasAgent && entry.lockedOnFault())) {
                locked.add(entry.mapping());
            }
        });
        return locked;
    }

    /** Returns whether CAP_IPC_LOCK is effective where it counts: in the first user namespace. */
    boolean isPrivileged() {
        return status.has(Linux.CAP_IPC_LOCK) && !deployment.isUserNamespace();
    }

    /** Returns whether no limit applies, as far as can be read; the agent raises the soft limit to the hard one. */
    boolean isUnlimited() {
        return isPrivileged() || limit.hard() == ProcessLimits.UNLIMITED;
    }

    /** Returns whether its collector maps the heap anew while it runs, and locks go with the old mapping: ZGC. */
    boolean isHeapRemapped() {
        return Segment.isAnyRemappedHeap(segments);
    }

    List<Segment> segments(Selection selection) {
        return segments.stream().filter(selection::contains).toList();
    }

    /** Counts the mappings: a mapping may be several segments. */
    int mappings() {
        return (int) segments.stream()
                .mapToLong(segment -> segment.mapping().start())
                .distinct()
                .count();
    }
}
