// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

/**
 * Why the promise is not kept, in the four parts every failure message has.
 *
 * @param tried what was tried
 * @param answer what the kernel answered
 * @param meaning what that means for this JVM
 * @param remedy what to type
 */
public record LockFailure(String tried, String answer, String meaning, String remedy) {

    /** The C library cannot be called, or {@code /proc/self} not be read. */
    public static LockFailure unavailable(String reason) {
        return new LockFailure(
                "to call the C library",
                "not asked: " + reason,
                "nothing is locked; this JVM runs as it would without the agent",
                "see above");
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
