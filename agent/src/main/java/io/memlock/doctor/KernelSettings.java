// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.Deployment;
import io.memlock.advice.Remedy;
import io.memlock.files.ProcFormatException;
import io.memlock.memory.Bytes;
import io.memlock.proc.KernelVersion;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.MappingBudget;
import java.util.List;

/** Checks the kernel settings that matter to a lock. */
final class KernelSettings {

    private final Settings settings;

    KernelSettings(ProcFs proc) {
        this.settings = new Settings(proc);
    }

    List<Finding> findings(int mappings, Deployment deployment) {
        String release = settings.kernel("kernel/osrelease");
        KernelVersion version = version(release);
        return List.of(
                kernel(release, version),
                mappings(mappings, deployment),
                moving(
                        "compaction",
                        "vm/compact_unevictable_allowed",
                        "the kernel may move locked pages, which costs a minor fault each",
                        version),
                moving(
                        "NUMA balancing",
                        "kernel/numa_balancing",
                        "the kernel may move locked pages between nodes, which costs minor faults",
                        version),
                hugePages());
    }

    /** Returns the version that a release tells; null if it tells none. */
    private static KernelVersion version(String release) {
        try {
            return KernelVersion.parse(release);
        } catch (ProcFormatException e) {
            return null;
        }
    }

    private static Finding kernel(String release, KernelVersion version) {
        if (version == null) {
            return Finding.note("kernel", release + ": its version is not known");
        }
        if (!version.isAtLeast(4, 4)) {
            return Finding.fail(
                    "kernel",
                    release + ": it cannot lock on-fault, so the agent locks nothing",
                    "# Linux 4.4 or newer");
        }
        return version.isAtLeast(5, 14)
                ? Finding.ok("kernel", release)
                : Finding.note(
                        "kernel",
                        release
                                + ": no MADV_POPULATE (needs 5.14), so prefault populates pages by mlock, which"
                                + " stalls longer");
    }

    private Finding mappings(int mappings, Deployment deployment) {
        String most = settings.kernel("vm/max_map_count");
        String evidence = mappings + " of vm.max_map_count=" + most;
        try {
            return mappings < MappingBudget.of(Long.parseLong(most))
                    ? Finding.ok("mappings", evidence)
                    : Finding.warn(
                            "mappings",
                            evidence + ": from " + MappingBudget.SHARE_IN_WORDS
                                    + " on the agent splits no mapping, and leaves parts of some unlocked",
                            new Remedy(deployment).raiseMappings(mappings).text());
        } catch (NumberFormatException e) {
            return Finding.note("mappings", evidence);
        }
    }

    private Finding moving(String check, String name, String effect, KernelVersion version) {
        String value = settings.kernel(name);
        String evidence = name.replace('/', '.') + "=" + value;
        return switch (value) {
            case "0" -> Finding.ok(check, evidence);
            case Settings.UNKNOWN ->
                version == null
                                || (name.startsWith("vm/")
                                        && settings.kernel("vm/max_map_count").equals(Settings.UNKNOWN))
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
            return settings.isSysThere("kernel/mm")
                    ? Finding.ok("huge pages", "not in this kernel")
                    : Finding.note("huge pages", "not known: /sys cannot be read here");
        }
        return modes.contains("[always]")
                ? Finding.note(
                        "huge pages",
                        "transparent_hugepage is \"always\": one touch may make " + hugePage()
                                + " resident, and all of it is locked")
                : Finding.ok("huge pages", "transparent_hugepage: " + modes);
    }
}
