// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Place;
import io.memlock.advice.Remedy;
import io.memlock.files.ProcFormatException;
import io.memlock.memory.Bytes;
import io.memlock.proc.KernelVersion;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.MappingBudget;
import java.io.IOException;
import java.util.List;

/** What of the kernel matters to a lock. */
final class KernelSettings {

    private final ProcFs proc;
    private final Settings settings;

    KernelSettings(ProcFs proc) {
        this.proc = proc;
        this.settings = new Settings(proc);
    }

    List<Finding> findings(int mappings, Place place) throws IOException {
        return List.of(
                kernel(),
                mappings(mappings, place),
                overcommit(proc.memInfo()),
                moving("compaction", "vm/compact_unevictable_allowed", "locked pages may be moved, a minor fault each"),
                moving("NUMA balancing", "kernel/numa_balancing", "locked pages may move between nodes, minor faults"),
                hugePages());
    }

    /** Whether the kernel has on-fault. What cannot be read is taken for a kernel of this age. */
    private boolean hasOnFault() {
        KernelVersion version = version();
        return version == null || version.isAtLeast(4, 4);
    }

    /** Whether pages can be faulted in without storing into them or locking them. */
    boolean hasPopulate() {
        KernelVersion version = version();
        return version == null || version.isAtLeast(5, 14);
    }

    private KernelVersion version() {
        try {
            return KernelVersion.parse(settings.kernel("kernel/osrelease"));
        } catch (ProcFormatException e) {
            return null;
        }
    }

    private Finding kernel() {
        String release = settings.kernel("kernel/osrelease");
        if (version() == null) {
            return Finding.note("kernel", release + ": its version cannot be told");
        }
        if (!hasOnFault()) {
            return Finding.fail(
                    "kernel",
                    release + ": it cannot lock on-fault, without which nothing is locked",
                    "# Linux 4.4 or newer");
        }
        return hasPopulate()
                ? Finding.ok("kernel", release)
                : Finding.note(
                        "kernel",
                        release
                                + ": no MADV_POPULATE (5.14), so prefault faults pages in by mlock, which stalls longer");
    }

    private Finding mappings(int mappings, Place place) {
        String most = settings.kernel("vm/max_map_count");
        String evidence = mappings + " of vm.max_map_count=" + most;
        try {
            return mappings < MappingBudget.of(Long.parseLong(most))
                    ? Finding.ok("mappings", evidence)
                    : Finding.warn(
                            "mappings",
                            evidence + ": from 80 % on the agent splits no mapping, and leaves parts of some unlocked",
                            new Remedy(place).raiseMappings(mappings).text());
        } catch (NumberFormatException e) {
            return Finding.note("mappings", evidence);
        }
    }

    private Finding overcommit(MemInfo memory) {
        String mode = settings.kernel("vm/overcommit_memory");
        String evidence = "vm.overcommit_memory=" + mode;
        return switch (mode) {
            case "0", "1" -> Finding.ok("overcommit", evidence);
            case "2" ->
                Finding.note(
                        "overcommit",
                        evidence + ": "
                                + (memory.commitLimitBytes() < 0
                                        ? ""
                                        : Bytes.text(memory.committedBytes()) + " of "
                                                + Bytes.text(memory.commitLimitBytes()) + " are committed; ")
                                + "locking commits nothing, but the JVM's own growth fails beyond");
            default -> Finding.note("overcommit", evidence);
        };
    }

    private Finding moving(String check, String name, String effect) {
        String value = settings.kernel(name);
        String evidence = name.replace('/', '.') + "=" + value;
        return switch (value) {
            case "0" -> Finding.ok(check, evidence);
            case Settings.UNKNOWN ->
                version() == null
                        ? Finding.note(check, "not known: /proc/sys cannot be read here")
                        : Finding.ok(check, "not in this kernel");
            default -> Finding.note(check, evidence + ": " + effect);
        };
    }

    private String hugePage() {
        try {
            return Bytes.text(Long.parseLong(settings.sys("kernel/mm/transparent_hugepage/hpage_pmd_size")));
        } catch (NumberFormatException e) {
            return "a huge page";
        }
    }

    private Finding hugePages() {
        String modes = settings.sys("kernel/mm/transparent_hugepage/enabled");
        if (modes.equals(Settings.UNKNOWN)) {
            return Finding.ok("huge pages", "not in this kernel");
        }
        return modes.contains("[always]")
                ? Finding.note(
                        "huge pages",
                        "transparent_hugepage is always: one touch may make " + hugePage()
                                + " resident, and all of it is locked")
                : Finding.ok("huge pages", "transparent_hugepage: " + modes);
    }
}
