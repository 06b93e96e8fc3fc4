// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Huge pages. Of reserved ones every call that locks would fill all, and they can never be swapped anyway; transparent ones
 * a call on a part of them would split, for good.
 */
final class HugePageCases {

    private static final Path COUNT = Path.of("/proc/sys/vm/nr_hugepages");
    private static final Path TRANSPARENT = Path.of("/sys/kernel/mm/transparent_hugepage");
    private static final long POOL_KILOBYTES = 640 << 10;

    /** The agent's own objects and code take a few pages of 2 MiB. Filled, the heap alone would be 64 MiB. */
    private static final long MOST_TOUCHED_KILOBYTES = 16 << 10;

    private final Jdk jdk;

    HugePageCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("fills no reserved huge pages", () -> fillsNoHugePages("-XX:+UseHugeTLBFS")),
                new Case("fills no reserved huge pages of System V", () -> fillsNoHugePages("-XX:+UseSHM")),
                new Case("splits no transparent huge page", this::splitsNoHugePages));
    }

    private String fillsNoHugePages(String kind) throws IOException {
        Files.writeString(COUNT, Long.toString(POOL_KILOBYTES / meminfo("Hugepagesize")));
        if (meminfo("HugePages_Total") == 0) {
            throw new Case.Inapplicable("this kernel reserves no huge pages");
        }
        try {
            long plain;
            long attached;
            try (ForkedJvm jvm = start(describe(kind))) {
                plain = used();
                Outcome outcome = Apps.memlock(jdk, List.of(), "attach", Long.toString(jvm.pid()));
                attached = used();
                Case.check(outcome.exitStatus() == 0, "attach: " + outcome);
            }
            long locked;
            try (ForkedJvm jvm = start(describe(kind).agent("mode=all"))) {
                locked = used();
                jvm.ask("grow 100");
            }
            String figures = plain + " kB used, after attach " + attached + ", with the agent " + locked;
            Case.check(plain > 0, "the JVM uses no huge pages: " + figures);
            Case.check(attached - plain < MOST_TOUCHED_KILOBYTES && locked - plain < MOST_TOUCHED_KILOBYTES, figures);
            return figures;
        } finally {
            Files.writeString(COUNT, "0");
        }
    }

    /** A JDK that has no such flag any more allocates huge pages in the other way. */
    private ForkedJvm.Builder describe(String kind) {
        return Apps.grown(
                jdk,
                "-XX:+IgnoreUnrecognizedVMOptions",
                kind,
                "-XX:+UseSerialGC",
                "-XX:+UseLargePages",
                "-Xms64m",
                "-Xmx384m");
    }

    private String splitsNoHugePages() throws IOException {
        if (!Files.exists(TRANSPARENT)) {
            throw new Case.Inapplicable("this kernel has no transparent huge pages");
        }
        Path enabled = TRANSPARENT.resolve("enabled");
        String before = Machine.transparentHugePages();
        Files.writeString(enabled, "always");
        try (ForkedJvm jvm = start(Apps.grown(
                jdk,
                "-XX:+UseSerialGC",
                "-XX:+UseTransparentHugePages",
                "-XX:+AlwaysPreTouch",
                "-Xms256m",
                "-Xmx256m"))) {
            long plain = transparent(jvm);
            String pid = Long.toString(jvm.pid());
            Outcome attach = Apps.memlock(jdk, List.of(), "attach", pid, "mode=heap,strategy=rescan");
            long attached = transparent(jvm);
            Outcome unlock = Apps.memlock(jdk, List.of(), "unlock", pid);
            long unlocked = transparent(jvm);
            String figures = plain + " kB, after attach " + attached + ", after unlock " + unlocked + "; each is "
                    + Long.parseLong(Files.readString(TRANSPARENT.resolve("hpage_pmd_size"))
                                    .strip())
                            / 1024 + " kB";
            Case.check(attach.exitStatus() == 0 && unlock.exitStatus() == 0, attach + "\n" + unlock);
            Case.check(plain > 0, "the JVM uses no huge pages: " + figures);
            Case.check(attached >= plain && unlocked >= plain, figures);
            return figures;
        } finally {
            Files.writeString(enabled, before);
        }
    }

    /** Kilobytes of a JVM in them. */
    private static long transparent(ForkedJvm jvm) throws IOException {
        return kilobytes(Path.of("/proc/" + jvm.pid() + "/smaps_rollup"), "AnonHugePages");
    }

    private static ForkedJvm start(ForkedJvm.Builder description) {
        ForkedJvm jvm = description.start();
        jvm.awaitLine("ready");
        return jvm;
    }

    /** Kilobytes of the pool that are filled: what is only reserved counts as free. */
    private static long used() throws IOException {
        return (meminfo("HugePages_Total") - meminfo("HugePages_Free")) * meminfo("Hugepagesize");
    }

    private static long meminfo(String name) throws IOException {
        return kilobytes(Path.of("/proc/meminfo"), name);
    }

    private static long kilobytes(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
