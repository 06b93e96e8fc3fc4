// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Smaps;
import java.util.List;
import java.util.function.Predicate;

/** What the kernel says about a JVM, from outside it. */
final class Judge {

    /** Some twenty times what a small JVM takes from start to end here. */
    private static final long PATIENCE_NANOS = 40_000_000_000L;

    private static final long PAUSE_MILLIS = 100;

    private Judge() {}

    /** Requires that all that is resident is locked, now. */
    static void nothingIsUnlocked(ForkedJvm jvm, String when) {
        nothingIsUnlocked(jvm.pid(), when, jvm);
    }

    /** Requires that all that is resident in a JVM that another process started is locked, now. */
    static void nothingIsUnlocked(long pid, String when, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(pid);
        Case.check(smaps.residentBytes() > 0, when + ": nothing is resident");
        Case.check(
                smaps.residentUnlockedBytes() == 0,
                when + ": " + smaps.residentUnlockedBytes() / 1024 + " kB resident and not locked: "
                        + new Smaps(smaps.unlocked()) + jvm.stderr());
    }

    /** Requires that all that is resident becomes locked, soon: under a finite limit growth is locked afterwards. */
    static void everythingBecomesLocked(ForkedJvm jvm, String when) {
        everythingBecomesLocked(jvm.pid(), when, jvm);
    }

    /** Requires that all that is resident in a JVM that another process started becomes locked, soon. */
    static void everythingBecomesLocked(long pid, String when, ForkedJvm jvm) {
        becomesTrue(pid, jvm, when + " leaves memory unlocked", smaps -> unlocked(smaps)
                .isEmpty());
    }

    /** Requires that all becomes locked, or that the agent says that it is not: what the JVM still maps may not fit. */
    static void everythingBecomesLockedOrTold(ForkedJvm jvm, String when) {
        becomesTrue(
                jvm,
                when + " leaves memory unlocked, and nobody says so",
                smaps -> unlocked(smaps).isEmpty() || !saysLocked(jvm));
    }

    /** Whether the agent has said of no lack so far. */
    static boolean saysLocked(ForkedJvm jvm) {
        return !saysNotLocked(jvm.stderr())
                && !jvm.stderr().contains("PARTLY LOCKED")
                && !jvm.stderr().contains("PARTIAL");
    }

    /**
     * The first thread's stack is never locked under a limit: the kernel would end a process whose stack then grows. Nor is
     * what nobody can touch, which keeps a page of the class data archive where JDK 25 protects it.
     */
    private static List<Smaps.Entry> unlocked(Smaps smaps) {
        return smaps.unlocked().stream()
                .filter(entry -> !entry.path().equals("[stack]"))
                .filter(entry -> !entry.permissions().startsWith("---"))
                .toList();
    }

    /** Requires that nothing stays locked, soon. */
    static void nothingStaysLocked(ForkedJvm jvm, String when) {
        becomesTrue(jvm, when + " leaves memory locked", smaps -> smaps.chargedBytes() == 0);
    }

    /** Requires that something becomes true of a JVM's mappings, soon. */
    static void becomesTrue(ForkedJvm jvm, String otherwise, Predicate<Smaps> wanted) {
        becomesTrue(jvm.pid(), jvm, otherwise, wanted);
    }

    private static void becomesTrue(long pid, ForkedJvm jvm, String otherwise, Predicate<Smaps> wanted) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE_NANOS) {
            if (wanted.test(Smaps.of(pid))) {
                return;
            }
            pause();
        }
        throw new AssertionError(
                otherwise + ": unlocked are" + new Smaps(Smaps.of(pid).unlocked()) + jvm.stderr());
    }

    /** Whether the agent said at start that it could not keep its promise. */
    static boolean saysNotLocked(String stderr) {
        return stderr.contains("NOT LOCKED");
    }

    @SuppressWarnings("ThreadSleep")
    static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
