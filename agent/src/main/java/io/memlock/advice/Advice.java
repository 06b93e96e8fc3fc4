// SPDX-License-Identifier: Apache-2.0
package io.memlock.advice;

/**
 * Holds what to type. Every line can be pasted into a shell, in this order; lines that are not commands begin with
 * {@code #}. Lines end with a line feed, except the last.
 *
 * @param now what helps the process that runs, without a restart; "" if nothing does
 * @param lasting what helps every later start; "" if there is nothing to do
 */
public record Advice(String now, String lasting) {

    /** Creates advice that helps every later start, and no process that runs. */
    public static Advice lasting(String lines) {
        return new Advice("", lines);
    }

    /**
     * Adds lines for later starts.
     *
     * @param lines to follow the others; "" for none
     */
    public Advice and(String lines) {
        return lines.isEmpty() ? this : new Advice(now, lasting.isEmpty() ? lines : lasting + "\n" + lines);
    }

    /**
     * Adds what a limit allows in place of {@code strategy=future}.
     *
     * @param isIndivisible whether all that is selected is wanted, or nothing
     */
    public Advice orAuto(boolean isIndivisible) {
        return and(
                isIndivisible
                        ? "# or strategy=auto with the regions that matter most (mode=heap+code): what fits of them is locked"
                        : "# or strategy=auto: it locks what fits, in the order named");
    }

    /** Returns both parts. What helps at once comes first, because a restart ends the process that it is for. */
    public String text() {
        if (now.isEmpty()) {
            return lasting;
        }
        return lasting.isEmpty() ? now : now + "\n" + lasting;
    }
}
