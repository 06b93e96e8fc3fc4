// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.Region;
import io.memlock.log.Bytes;
import io.memlock.options.AgentOptions;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a JVM may come to need, against what there is. Locked pages cannot be reclaimed: too many end in the OOM killer. */
final class Sizes {

    private final ProcFs proc;
    private final String process;

    Sizes(ProcFs proc, String process) {
        this.proc = proc;
        this.process = process;
    }

    List<Finding> findings(MemoryNeed need, AgentOptions options) throws IOException {
        List<Finding> findings = new ArrayList<>();
        MemInfo memory = proc.memInfo();
        long cgroup = proc.cgroupMemory(process).limitBytes();
        long atMost = options.selection().contains(Region.HEAP) ? need.atMostBytes() : 0;
        String text = "resident now " + Bytes.text(need.residentBytes()) + ", at most "
                + Bytes.text(need.atMostBytes()) + " (heap " + Bytes.text(need.heapMaxBytes()) + ", code "
                + Bytes.text(need.codeBytes()) + ", metaspace "
                + (need.metaspaceBytes() < 0 ? "without limit" : Bytes.text(need.metaspaceBytes())) + ", "
                + need.threads() + " stacks of " + Bytes.text(need.stackBytes()) + ") and direct buffers";
        findings.add(fits("host RAM", text, atMost, memory.totalBytes(), "more RAM, or a smaller -Xmx"));
        if (cgroup >= 0) {
            findings.add(
                    fits("memory cgroup", text, atMost, cgroup, "raise the container's memory limit, or lower -Xmx"));
        }
        findings.add(
                memory.swapTotalBytes() == 0
                        ? Finding.note(
                                "swap",
                                "there is none: only pages of files (code, libraries, class archives) are at stake")
                        : Finding.ok(
                                "swap",
                                Bytes.text(memory.swapTotalBytes()) + ", vm.swappiness " + setting("vm/swappiness")
                                        + (hasZram() ? ", on zram" : "") + zswap()));
        return findings;
    }

    private static Finding fits(String check, String text, long atMost, long there, String remedy) {
        String evidence = text + "; there is " + Bytes.text(there);
        return atMost <= there
                ? Finding.ok(check, evidence)
                : Finding.warn(
                        check,
                        evidence + ": locked memory cannot be reclaimed, so the OOM killer would come",
                        "# " + remedy);
    }

    private boolean hasZram() throws IOException {
        return proc.swaps().areas().stream().anyMatch(area -> area.isZram());
    }

    private static String zswap() {
        return new java.io.File("/sys/module/zswap").exists() ? ", zswap present" : "";
    }

    private String setting(String name) {
        try {
            return proc.sys(name);
        } catch (IOException e) {
            return "unknown";
        }
    }
}
