// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Place;
import io.memlock.advice.PlaceFiles;
import io.memlock.advice.Remedy;
import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.log.Bytes;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.proc.Mapping;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessLimits;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.util.List;

/** Foresees what the agent could lock in another JVM. Only that JVM could try; its limits and capabilities can be read. */
final class OtherLock {

    private static final String CHECK = "lock";
    private static final int CAP_IPC_LOCK = 14;
    private static final int PAGE_BYTES = 4096;

    private final ProcFs proc;
    private final long pid;

    OtherLock(ProcFs proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    Finding foresee(AgentOptions options) throws IOException {
        String process = Long.toString(pid);
        ProcessStatus status = proc.status(process);
        ProcessLimits.Limit limit = proc.limits(process).lockedMemory();
        Place place = PlaceFiles.of(pid);
        // CapEff counts only in the first user namespace.
        boolean privileged = status.hasEffective(CAP_IPC_LOCK) && !place.isUserNamespace();
        String limits = "RLIMIT_MEMLOCK soft " + Bytes.text(limit.soft()) + ", hard " + Bytes.text(limit.hard())
                + (privileged ? ", CAP_IPC_LOCK effective" : ", CAP_IPC_LOCK not effective")
                + (place.isUserNamespace() ? " (user namespace)" : "")
                + (place.isFiltered()
                        ? ", a seccomp filter is in force: it may refuse, which only the JVM can try"
                        : "");
        if (options.selection().isEmpty()) {
            return Finding.ok(CHECK, "nothing is selected (mode=none); " + limits);
        }
        if (privileged || limit.hard() == ProcessLimits.UNLIMITED) {
            return options.strategy() == StrategyChoice.RESCAN && isZgc(process) && selectsHeap(options)
                    ? Finding.fail(
                            CHECK, "ZGC's locks do not hold with strategy=rescan; " + limits, "use strategy=auto")
                    : Finding.ok(CHECK, "no limit applies; " + limits);
        }
        Remedy remedy = new Remedy(place);
        if (options.strategy() == StrategyChoice.FUTURE) {
            return Finding.fail(CHECK, "strategy=future is refused under a limit; " + limits, remedy.raiseLimit(0));
        }
        long needed = neededBytes(process, options);
        String numbers = limits + "; needed now: " + Bytes.text(needed);
        if (needed > limit.hard()) {
            return Finding.fail(CHECK, "the selection does not fit; " + numbers, remedy.raiseLimit(needed));
        }
        if (isZgc(process) && selectsHeap(options)) {
            return Finding.fail(
                    CHECK,
                    "under a limit ZGC's locks do not hold, even with -Xms equal to -Xmx; " + numbers,
                    remedy.raiseLimit(needed));
        }
        return Finding.warn(
                CHECK,
                "fits now, and new mappings are locked a moment after they appear; " + numbers,
                remedy.raiseLimit(needed));
    }

    private long neededBytes(String process, AgentOptions options) throws IOException {
        List<Mapping> mappings = proc.mappings(process);
        long needed = 0;
        try (JvmLayout layout = JvmLayout.of(pid, PAGE_BYTES)) {
            for (Segment segment : layout.classify(mappings)) {
                if (segment.mapping().isAccessible() && options.selection().contains(segment.region())) {
                    needed += segment.length();
                }
            }
        }
        return needed;
    }

    private static boolean selectsHeap(AgentOptions options) {
        return options.selection().contains(Region.HEAP);
    }

    private boolean isZgc(String process) throws IOException {
        return proc.mappings(process).stream()
                .anyMatch(mapping -> mapping.path().contains("memfd:java_heap"));
    }
}
