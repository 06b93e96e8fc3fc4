// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

import io.memlock.advice.Advice;

/**
 * Explains why memory is not locked, in the four parts every failure message has: what was tried, what the kernel
 * answered, what that means for this JVM, and what to type.
 *
 * @param tried what was tried
 * @param answer what the kernel answered
 * @param cause what the answer means; "" if it speaks for itself
 * @param effect what follows for a JVM that goes on; "" if nothing does, or the cause says it
 * @param advice what to type
 */
public record LockFailure(String tried, String answer, String cause, String effect, Advice advice) {

    /** Begins the line that says what to type. */
    public static final String TO_FIX = "  to fix:";

    /** Begins a line that continues the one above. */
    public static final String INDENT = "           ";

    /**
     * Tells that the C library cannot be called.
     *
     * @param reason why not
     * @param remedy what would help, as a line that begins with {@code #}
     */
    public static LockFailure unavailable(String reason, String remedy) {
        return new LockFailure(
                "to call the C library",
                "not asked: " + reason,
                "",
                "nothing is locked; this JVM runs as it would without the agent",
                Advice.lasting(remedy));
    }

    /** Tells that the agent failed where it should not. */
    public static LockFailure ofTheAgent(Throwable failure) {
        return new LockFailure(
                "to lock",
                "the agent failed: " + failure,
                "",
                "it is not known what is locked",
                Advice.lasting(
                        failure instanceof OutOfMemoryError
                                ? "# use a larger heap (-Xmx): it had no room for the few objects that locking needs"
                                : "# this is a bug in memlock-agent: please report it with these lines"));
    }

    /** Tells that the lock was taken and nobody can keep it. */
    public static LockFailure notKept(Throwable failure) {
        return new LockFailure(
                "to start a thread that keeps the lock",
                "not told by the JVM: " + failure,
                "",
                "memory that this JVM maps later may stay unlocked, and nothing keeps the rest locked",
                Advice.lasting(
                        "# let this JVM have more threads: see pids.max of its cgroup, ulimit -u, and its memory"));
    }

    /** Returns what the answer means for this JVM. */
    public String meaning() {
        return sentences(cause, effect);
    }

    /** Returns what to type while this JVM runs. */
    public String remedy() {
        return advice.text();
    }

    /** Tells that the keeper has not looked: it is stuck, starved or dead, or was stopped together with the JVM. */
    static LockFailure notVerified(long seconds, LockState last) {
        return new LockFailure(
                "to verify the lock about once an interval",
                "not asked for " + seconds + " s; the last state was " + last,
                "",
                "the state may have changed since then: new memory may be unlocked",
                Advice.lasting("# check whether the JVM is stopped (a debugger, SIGSTOP, a freezer) or gets no CPU, and"
                        + " what its thread memlock-keeper does: jcmd PID Thread.print"));
    }

    /**
     * Returns the message for a JVM that goes on, four indented lines after a headline.
     *
     * @param headline for example {@code NOT LOCKED}
     */
    public String text(String headline) {
        return text(headline, meaning(), remedy());
    }

    /**
     * Returns the message for a JVM that ends, which nothing can help any more that is typed for this process.
     *
     * @param headline for example {@code NOT LOCKED}
     * @param ending that it ends, and how
     */
    public String textBeforeExit(String headline, String ending) {
        return text(headline, sentences(cause, ending), advice.lasting());
    }

    private String text(String headline, String meaning, String remedy) {
        return headline + "\n  tried:   " + indented(tried) + "\n  kernel:  " + indented(answer) + "\n  meaning: "
                + indented(meaning) + "\n" + toFix(remedy);
    }

    /** Returns the lines of a message that say what to type. */
    public static String toFix(String remedy) {
        return TO_FIX + "  " + indented(remedy);
    }

    private static String sentences(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }

    private static String indented(String part) {
        return part.replace("\n", "\n" + INDENT);
    }
}
