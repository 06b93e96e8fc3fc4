// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.options.OnFailure;

/**
 * Why the promise is not kept, in the four parts every failure message has.
 *
 * @param tried what was tried
 * @param answer what the kernel answered
 * @param meaning what that means for this JVM
 * @param remedy what to type
 */
public record LockFailure(String tried, String answer, String meaning, String remedy) {

    /** What a failure means for a JVM that is started with {@code on-failure=exit}. */
    static final String EXITS = "this JVM exits now with status " + OnFailure.EXIT_STATUS + " (on-failure=exit)";

    private static final String REPORT_IT = "# this is a bug of memlock-agent: please report it with these lines";

    /** The C library cannot be called, or {@code /proc/self} not be read. */
    public static LockFailure unavailable(String reason, OnFailure then) {
        return new LockFailure("to call the C library", "not asked: " + reason, nothingLocked(then), "see above");
    }

    /** The agent failed where it should not. */
    public static LockFailure ofTheAgent(Throwable cause, OnFailure then) {
        return new LockFailure(
                "to lock", "the agent failed before it could tell: " + cause, nothingLocked(then), REPORT_IT);
    }

    /** The lock was taken, and nobody can keep it. */
    public static LockFailure notKept(Throwable cause, OnFailure then) {
        return new LockFailure(
                "to start a thread that keeps the lock",
                "not told by the JVM: " + cause,
                then == OnFailure.EXIT
                        ? EXITS
                        : "what this JVM maps later may stay unlocked, and nobody looks after what is locked now",
                "# let this JVM have more threads: see pids.max of its cgroup, ulimit -u, and its memory");
    }

    private static String nothingLocked(OnFailure then) {
        return then == OnFailure.EXIT ? EXITS : "nothing is locked; this JVM runs as it would without the agent";
    }

    /**
     * The message, four indented lines after a headline.
     *
     * @param headline for example {@code NOT LOCKED}
     */
    public String text(String headline) {
        return headline + "\n  tried:   " + indented(tried) + "\n  kernel:  " + indented(answer) + "\n  meaning: "
                + indented(meaning) + "\n  to fix:  " + indented(remedy);
    }

    private static String indented(String part) {
        return part.replace("\n", "\n           ");
    }
}
