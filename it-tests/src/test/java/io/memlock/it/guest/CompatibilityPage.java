// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.util.List;

/** The text of {@code docs/compatibility.md}. */
final class CompatibilityPage {

    private static final String HEAD =
            """
            # Where it was tried

            `mvn -Pguests verify` wrote this page. It boots kernels with JDKs in an emulator (QEMU, no hardware help), runs the
            conformance list there, and judges from outside the JVM: by `smaps`, exit statuses, swap and faults.
            Kernels and JDKs are Debian's. Each row is the last run of that guest and counts the cases that passed. The short list
            leaves out some collectors, limits, memory pressure, huge pages, namespaces and containers. A guest that is not in
            the table has not been run yet.

            "Time to lock" is what the agent reports for a small JVM, "hello" how long that JVM runs without the agent in the same
            emulator. Compare the two with each other, not with hardware.

            | Linux | architecture | page | JDK | result | time to lock | hello | run | agent |
            |---|---|---:|---|---|---:|---:|---|---|
            """;

    private static final String FOOT =
            """

            ## What the full list tries

            - Time to lock; a limit of the address space (`RLIMIT_AS`).
            - Every collector of that JDK: the heap grows, shrinks and grows again, threads, classes and direct buffers are added, and
              all resident bytes are locked after every step. `mode=heap+code`. `prefault=heap`.
            - `RLIMIT_MEMLOCK` of 64 KiB, 64 MiB and 1 GiB without `CAP_IPC_LOCK`, and 64 KiB with it; a limit that fits by a page;
              one that shrinks and is lifted while the JVM runs.
            - `attach` and `unlock`; the doctor's verdict, compared with what then happens; user and PID namespaces.
            - Huge pages: reserved ones, anonymous or of System V, are not populated; transparent ones are not split by an attach or an
              unlock.
            - cgroup v2: `memory.max` and `memory.high` with swap on a disk and in compressed memory, while a neighbour needs
              memory; `memory.swap.max`; a freeze. A heap that outgrows `memory.max` or `memory.high` runs from swap.
            - cgroup v2, `memory.max` of 200, 300 and 600 MiB: a file of 1000 MiB that is mapped by buffers, also with `track=off`, or
              by native code, is read whole with an `interval` of 1 s and of 10 s, and `memory.events` counts no kill.
            - A container of the OCI runtime crun under the seccomp profile that containers get by default: root and uid 1000,
              with and without `IPC_LOCK`, with and without a limit. The container image of the jar, mounted as an image volume
              in a container like that of `packaging/containers/kubernetes.yaml`, whose probe is run.

            ## What was never tried

            - Kernels before 5.10 or after 6.18, and kernels that a distribution changed much (RHEL's, Amazon's, Android's).
            - Page sizes of 64 KiB; any architecture but x86-64 and aarch64; aarch64 on hardware.
            - JDK 18 to 20, 22 to 24, and 26 and later; JVMs that are not HotSpot (OpenJ9, GraalVM native images).
            - C libraries other than glibc, and glibc before 2.36.
            - User-mode emulators, except for one start by hand under qemu-user 7.2 (aarch64, JDK 17): `mode=all` locks, and regions
              by name are refused, because qemu-user has no `mlock2` with on-fault.
            - cgroup v1 in a guest (the other tests use it where the machine has it), NUMA, memory hot-plug.
            """;

    private CompatibilityPage() {}

    /** Returns the page for rows of {@link CompatibilityTable}. */
    static String of(List<List<String>> rows) {
        StringBuilder page = new StringBuilder(HEAD);
        for (List<String> row : rows) {
            page.append("| ").append(row.get(4)).append(" | ").append(row.get(1));
            page.append(" | ").append(row.get(2)).append(" KiB | ").append(row.get(5));
            page.append(" | ").append(result(row));
            page.append(" | ")
                    .append(row.get(11))
                    .append(" ms | ")
                    .append(row.get(12))
                    .append(" ms");
            page.append(" | ")
                    .append(row.get(6))
                    .append(" | `")
                    .append(row.get(7))
                    .append("` |\n");
        }
        return page.append(FOOT).toString();
    }

    private static String result(List<String> row) {
        String failed = row.get(9).isEmpty() ? "" : "; **failed:** " + row.get(9);
        String skipped = row.get(10).isEmpty() ? "" : "; nothing to try it with: " + row.get(10);
        return row.get(8) + " ok of the " + row.get(13) + " list" + failed + skipped;
    }
}
