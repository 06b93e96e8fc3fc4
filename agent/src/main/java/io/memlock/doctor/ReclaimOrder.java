// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import io.memlock.memory.Bytes;
import io.memlock.proc.ProcFs;
import java.util.List;

/** Checks who loses first when memory is short: whose pages are reclaimed, and which process the OOM killer ends. */
final class ReclaimOrder {

    private static final List<String> PROTECTIONS = List.of("memory.min", "memory.low");

    private final CgroupHierarchy cgroup;
    private final String oomScoreAdj;

    ReclaimOrder(ProcFs proc, String process) {
        this.cgroup = new Cgroups(proc).memory(process);
        this.oomScoreAdj = proc.textOrNone(process, "oom_score_adj").strip();
    }

    List<Finding> findings() {
        return List.of(protection(), oomKiller());
    }

    /** cgroup-v2.rst: a cgroup gets no more protection than those above it have. */
    private Finding protection() {
        String check = "protection";
        if (!cgroup.isKnown()) {
            return Finding.note(check, "not known: the files of the memory cgroup cannot be read here");
        }
        String granted = "";
        for (String name : PROTECTIONS) {
            long asked = cgroup.ownProtectionBytes(name);
            long given = cgroup.protectionBytes(name);
            if (given != asked) {
                return Finding.note(
                        check,
                        name + "=" + Bytes.limit(asked) + ", but a parent cgroup grants " + Bytes.limit(given)
                                + ": set it there as well (MemoryMin= or MemoryLow= of the slice)");
            }
            granted += asked == 0 ? "" : (granted.isEmpty() ? "" : ", ") + name + "=" + Bytes.limit(asked);
        }
        return Finding.ok(
                check,
                granted.isEmpty()
                        ? "neither memory.min nor memory.low"
                        : granted
                                + ": the kernel takes memory of others first, except when this cgroup reaches its"
                                + " own limit");
    }

    private Finding oomKiller() {
        String check = "OOM killer";
        String evidence = "oom_score_adj=" + (oomScoreAdj.isEmpty() ? Settings.UNKNOWN : oomScoreAdj);
        return oomScoreAdj.matches("[1-9][0-9]*")
                ? Finding.note(
                        check,
                        evidence
                                + ": if memory runs out, this JVM is ended before others of its size. In Kubernetes"
                                + " a pod has -997 whose requests equal its limits, of CPU and memory, in all"
                                + " containers; in a unit OOMScoreAdjust= sets it")
                : Finding.ok(check, evidence);
    }
}
