// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a start costs, and that it works where the address space has a limit. */
final class StartCases {

    /** The agent's own figure, in its start line. */
    private static final Pattern MILLIS = Pattern.compile("locked .*\\b(\\d+) ms");

    /** So many tries at least, and so many more while what else runs on the host has all of them slow. */
    private static final int TRIES = 3;

    private static final int MOST_TRIES = 8;

    /**
     * On Linux 6.12 the figure is 0.6 of what a JVM takes that says hello, on x86-64 and on aarch64. Other kernels may take twice
     * as long.
     */
    private static final double MOST_HELLOS = 1.2;

    private static final long ADDRESS_SPACE = 3L << 30;

    private final Jdk jdk;

    StartCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list() {
        return List.of(
                new Case("locks at start in little time", this::locksInLittleTime),
                new Case("locks under a limit of the address space", this::locksUnderAnAddressSpaceLimit));
    }

    private String locksInLittleTime() {
        long lock = Long.MAX_VALUE;
        long hello = Long.MAX_VALUE;
        for (int i = 0; i < TRIES || (i < MOST_TRIES && lock > MOST_HELLOS * hello); i++) {
            hello = Math.min(hello, helloMillis());
            lock = Math.min(lock, lockMillis());
        }
        Conformance.fact("lock-ms", Long.toString(lock));
        Conformance.fact("hello-ms", Long.toString(hello));
        String figures = lock + " ms, hello takes " + hello + " ms";
        Case.check(lock <= MOST_HELLOS * hello, "it takes too long: " + figures);
        return figures;
    }

    /** What a JVM without the agent takes from its start to its end: so fast is this guest. */
    private long helloMillis() {
        long start = System.nanoTime();
        ForkedJvm.on(jdk).main(HelloApp.class).run();
        return (System.nanoTime() - start) / 1_000_000;
    }

    private long lockMillis() {
        try (ForkedJvm jvm =
                Apps.grown(jdk, "-XX:+UseSerialGC").agent("mode=all").start()) {
            Matcher line = MILLIS.matcher(jvm.awaitErrorLine("[memlock]"));
            Case.check(line.find(), "no start line with a time: " + jvm.stderr());
            return Long.parseLong(line.group(1));
        }
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
