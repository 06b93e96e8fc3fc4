// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.util.ArrayList;
import java.util.List;

/** Finite limits, which a guest can raise, with and without the capability that makes them void. */
final class LimitCases {

    private static final long SMALL = 64L << 10;
    private static final long MIDDLE = 64L << 20;
    private static final long LARGE = 1L << 30;

    /** The larger of the page sizes there are. */
    private static final long PAGE = 16 << 10;

    /** What the agent leaves of a limit to the application's own locks. */
    private static final long RESERVE = 16L << 20;

    private final Jdk jdk;

    LimitCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list(boolean shortList) {
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("lives under a limit of 64 KiB", () -> livesUnder(SMALL)));
        cases.add(new Case("locks all under a limit of 1 GiB", this::locksAllUnderAFittingLimit));
        if (!shortList) {
            cases.add(new Case("lives under a limit of 64 MiB", () -> livesUnder(MIDDLE)));
            cases.add(new Case("locks all by the capability whatever the limit", this::locksAllByTheCapability));
            cases.add(new Case("tells the truth where the limit fits by a page", this::tellsTheTruthByAPage));
            cases.add(
                    new Case("lives through a limit that shrinks, and locks when it is lifted", this::followsTheLimit));
        }
        return cases;
    }

    private String livesUnder(long limitBytes) {
        try (ForkedJvm jvm = limited(limitBytes)) {
            jvm.awaitLine("ready");
            Case.check(Judge.saysNotLocked(jvm.stderr()), "it does not say NOT LOCKED: " + jvm.stderr());
            for (String step : List.of("grow 150", "shrink", "grow 200", "threads 20")) {
                jvm.ask(step);
                long charged = Smaps.of(jvm.pid()).chargedBytes();
                Case.check(charged <= limitBytes, step + ": " + charged + " bytes are charged");
            }
            jvm.send("exit");
            Case.check(jvm.awaitExit().exitStatus() == 0, "it did not end well: " + jvm.stderr());
        }
        return "";
    }

    private String locksAllUnderAFittingLimit() {
        try (ForkedJvm jvm = limited(LARGE)) {
            jvm.awaitLine("ready");
            Case.check(!Judge.saysNotLocked(jvm.stderr()), jvm.stderr());
            Judge.everythingBecomesLocked(jvm, "start");
            for (String step : List.of("grow 150", "shrink", "grow 200", "threads 20")) {
                jvm.ask(step);
                Judge.everythingBecomesLocked(jvm, step);
            }
        }
        return "";
    }

    private ForkedJvm limited(long bytes) {
        return Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(Wrappers.memlockLimit(bytes))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("mode=all")
                .start();
    }

    private String locksAllByTheCapability() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(Wrappers.memlockLimit(SMALL))
                .agent("mode=all")
                .start()) {
            jvm.awaitLine("ready");
            for (String step : List.of("collect", "grow 150", "threads 20")) {
                jvm.ask(step);
                Judge.nothingIsUnlocked(jvm, step);
            }
        }
        return "";
    }

    /** No two JVMs need quite the same: what counts is that what is claimed agrees with what is. */
    private String tellsTheTruthByAPage() {
        long needed;
        try (ForkedJvm jvm = limited(LARGE)) {
            jvm.awaitLine("ready");
            Judge.everythingBecomesLocked(jvm, "start");
            needed = Smaps.of(jvm.pid()).chargedBytes() + RESERVE;
        }
        boolean wasLocked = false;
        StringBuilder figures = new StringBuilder("needed " + needed + " bytes;");
        for (long more : new long[] {-PAGE, 0, PAGE, 16 * PAGE, 512 * PAGE}) {
            try (ForkedJvm jvm = limited(needed + more)) {
                jvm.awaitLine("ready");
                boolean isLocked = Judge.saysLocked(jvm);
                Judge.everythingBecomesLockedOrTold(jvm, "start with " + more + " bytes more");
                jvm.ask("grow 100");
                jvm.ask("threads 20");
                wasLocked |= isLocked;
                figures.append(' ').append(more).append(isLocked ? " locked" : " not locked");
            }
        }
        Case.check(wasLocked, "never locked: " + figures);
        return figures.toString();
    }

    private String followsTheLimit() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC")
                .wrapper(List.of("prlimit", "--memlock=unlimited:unlimited"))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("mode=all")
                .start()) {
            jvm.awaitLine("ready");
            Judge.everythingBecomesLocked(jvm, "start");
            limit(jvm, SMALL + ":unlimited");
            for (String step : List.of("grow 150", "threads 20", "classes 100", "direct 10")) {
                jvm.ask(step);
            }
            limit(jvm, "unlimited:unlimited");
            Judge.everythingBecomesLocked(jvm, "lifted");
            jvm.ask("grow 200");
            Judge.everythingBecomesLocked(jvm, "grown after that");
        }
        return "";
    }

    private static void limit(ForkedJvm jvm, String limit) {
        Commands.succeed("prlimit", "--pid", Long.toString(jvm.pid()), "--memlock=" + limit);
    }
}
