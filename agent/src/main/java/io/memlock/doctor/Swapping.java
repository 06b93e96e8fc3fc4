// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import io.memlock.memory.Bytes;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import java.util.List;

/** Checks where the kernel could put unlocked memory: swap, zram or zswap. */
final class Swapping {

    private static final String FILES_ONLY =
            "the kernel can drop only pages of files (code, libraries, class archives); here locking protects only"
                    + " these";

    private final ProcFs proc;
    private final Settings settings;
    private final String process;

    Swapping(ProcFs proc, String process) {
        this.proc = proc;
        this.settings = new Settings(proc);
        this.process = process;
    }

    List<Finding> findings() {
        MemInfo memory = proc.memInfo();
        CgroupHierarchy cgroup = new Cgroups(proc).memory(process);
        if (memory.swapTotalBytes() == 0) {
            return List.of(Finding.note("swap", "off: " + FILES_ONLY));
        }
        if (memory.swapTotalBytes() < 0) {
            return List.of(Finding.note("swap", "not known: /proc/meminfo cannot be read here"));
        }
        String there = Bytes.text(memory.swapTotalBytes()) + ", " + Bytes.text(memory.swapFreeBytes()) + " free";
        if (!cgroup.isKnown()) {
            String unknown = there + "; whether the memory cgroup may use it is not known";
            return List.of(Finding.note("swap", unknown), compression());
        }
        return List.of(swap(there, cgroup), compression());
    }

    private Finding swap(String there, CgroupHierarchy cgroup) {
        if (cgroup.swapLimitBytes() == 0) {
            return Finding.note("swap", there + ", but the memory cgroup may not use it: " + FILES_ONLY);
        }
        if (cgroup.isSwapOfNoUseForOwnLimit()) {
            return Finding.note(
                    "swap",
                    there + ", but the memory cgroup has one limit for memory and for memory with swap: when it reaches"
                            + " that, the kernel swaps nothing out, and the OOM killer comes. When the host or a parent"
                            + " cgroup is short of memory, the kernel swaps it out");
        }
        if (cgroup.limitBytes() >= 0 && cgroup.isNeverSwappedForALimit()) {
            String setting = cgroup.levels().get(0).version() == 1 ? "memory.swappiness" : "vm.swappiness";
            return Finding.note(
                    "swap",
                    there + ", but " + setting
                            + "=0: when the memory cgroup reaches its limit, the kernel swaps nothing"
                            + " out, and the OOM killer comes");
        }
        return Finding.ok("swap", there + ", vm.swappiness=" + settings.kernel("vm/swappiness"));
    }

    private Finding compression() {
        boolean zram = proc.swaps().hasZram();
        boolean zswap = settings.sys("module/zswap/parameters/enabled").equals("Y");
        if (!zram && !zswap && !settings.isSysThere("module")) {
            return Finding.note(
                    "compressed swap", "no zram; whether zswap is on is not known: /sys cannot be read here");
        }
        if (!zram && !zswap) {
            return Finding.ok("compressed swap", "neither zswap nor zram");
        }
        return Finding.note(
                "compressed swap",
                (zram ? "zram" : "zswap") + (zram && zswap ? " and zswap are" : " is")
                        + " in use: what is not locked is compressed in RAM first, and each access to it costs"
                        + " microseconds rather than a disk read");
    }
}
