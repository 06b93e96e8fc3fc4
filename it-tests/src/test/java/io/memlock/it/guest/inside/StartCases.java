// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a start costs, and that it works where the address space has a limit. */
final class StartCases {

    /** The agent's own figure, in its start line. */
    private static final Pattern MILLIS = Pattern.compile("locked .*\\b(\\d+) ms");

    private static final int TRIES = 3;

    /**
     * On Linux 6.12 the figure is 0.6 of what a JVM takes that says hello, on x86-64 and on aarch64. Other kernels may take twice
     * as long.
     */
    private static final double MOST_HELLOS = 1.2;

    private static final long ADDRESS_SPACE = 3L << 30;

    private final Jdk jdk;
    private final Pace pace;

    StartCases(Jdk jdk, Pace pace) {
        this.jdk = jdk;
        this.pace = pace;
    }

    List<Case> list() {
        return List.of(
                new Case("locks at start in little time", this::locksInLittleTime),
                new Case("locks under a limit of the address space", this::locksUnderAnAddressSpaceLimit));
    }

    private String locksInLittleTime() {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            try (ForkedJvm jvm =
                    Apps.grown(jdk, "-XX:+UseSerialGC").agent("mode=all").start()) {
                Matcher line = MILLIS.matcher(jvm.awaitErrorLine("[memlock]"));
                Case.check(line.find(), "no start line with a time: " + jvm.stderr());
                best = Math.min(best, Long.parseLong(line.group(1)));
            }
        }
        Conformance.fact("lock-ms", Long.toString(best));
        String figures = best + " ms, hello takes " + pace.helloMillis() + " ms";
        Case.check(best <= MOST_HELLOS * pace.helloMillis(), "it takes too long: " + figures);
        return figures;
    }

    private String locksUnderAnAddressSpaceLimit() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(List.of("prlimit", "--as=" + ADDRESS_SPACE))
                .agent("mode=all")
                .start()) {
            jvm.awaitLine("ready");
            Case.check(!Judge.saysNotLocked(jvm.stderr()), jvm.stderr());
            jvm.ask("grow 100");
            Judge.nothingIsUnlocked(jvm, "grown");
        }
        return "";
    }
}
