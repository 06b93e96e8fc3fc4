// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.proc.KernelVersion;
import io.memlock.proc.ProcFs;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What of the kernel matters to a lock. */
final class KernelSettings {

    private static final double MAPPINGS_WARNING = 0.8;

    private final ProcFs proc;

    KernelSettings(ProcFs proc) {
        this.proc = proc;
    }

    List<Finding> findings(int mappings) throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(kernel());
        findings.add(mappings(mappings));
        String overcommit = setting("vm/overcommit_memory");
        findings.add(
                overcommit.equals("2")
                        ? Finding.note("overcommit", "vm.overcommit_memory=2: what is committed counts, locked or not")
                        : Finding.ok("overcommit", "vm.overcommit_memory=" + overcommit));
        findings.add(moving(
                "compaction", "vm/compact_unevictable_allowed", "0", "locked pages may be moved, a minor fault each"));
        findings.add(moving(
                "NUMA balancing",
                "kernel/numa_balancing",
                "0",
                "locked pages may move between nodes, a minor fault each"));
        String thp = file("/sys/kernel/mm/transparent_hugepage/enabled");
        findings.add(
                thp.contains("[always]")
                        ? Finding.note("huge pages", "transparent_hugepage " + thp + ": touching a page may lock 2 MiB")
                        : Finding.ok("huge pages", "transparent_hugepage " + (thp.isEmpty() ? "not there" : thp)));
        return findings;
    }

    private Finding kernel() throws IOException {
        String release = proc.sys("kernel/osrelease");
        KernelVersion version = KernelVersion.parse(release);
        if (!version.isAtLeast(4, 4)) {
            return Finding.warn(
                    "kernel",
                    release + ": no on-fault, so locking makes all that is committed resident",
                    "# Linux 4.4 or newer");
        }
        return version.isAtLeast(5, 14)
                ? Finding.ok("kernel", release)
                : Finding.note("kernel", release + ": prefault needs 5.14");
    }

    private Finding mappings(int mappings) {
        String most = setting("vm/max_map_count");
        String evidence = mappings + " of vm.max_map_count=" + most;
        try {
            return mappings < Long.parseLong(most) * MAPPINGS_WARNING
                    ? Finding.ok("mappings", evidence)
                    : Finding.warn(
                            "mappings",
                            evidence + ": parts of mappings are not locked any more",
                            "sudo sysctl -w vm.max_map_count=" + Long.parseLong(most) * 4);
        } catch (NumberFormatException e) {
            return Finding.note("mappings", evidence);
        }
    }

    private Finding moving(String check, String name, String still, String effect) {
        String value = setting(name);
        String evidence = name.replace('/', '.') + "=" + value;
        return value.equals(still) || value.equals("unknown")
                ? Finding.ok(check, evidence)
                : Finding.note(check, evidence + ": " + effect);
    }

    private String setting(String name) {
        try {
            return proc.sys(name);
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String file(String name) {
        try (InputStream in = new FileInputStream(new File(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
