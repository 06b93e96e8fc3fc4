// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

/**
 * What a figure should be.
 *
 * @param what is measured, for a reader who has not read on
 * @param isUpper whether the figure may be no larger, and not no smaller
 * @param bound which the median must keep
 * @param figure as measured; without runs nobody knows whether it keeps the bound
 */
public record Target(String what, boolean isUpper, double bound, Spread figure) {

    /** The figure may be no larger. */
    public static Target atMost(double bound, String what, Spread figure) {
        return new Target(what, true, bound, figure);
    }

    /** The figure may be no smaller. */
    public static Target atLeast(double bound, String what, Spread figure) {
        return new Target(what, false, bound, figure);
    }

    /** Whether something was measured. */
    public boolean isMeasured() {
        return figure.runs() > 0;
    }

    /** Whether the median keeps the bound. */
    public boolean isMet() {
        return isUpper ? figure.median() <= bound : figure.median() >= bound;
    }

    /** As {@code at most 0.40}. */
    public String boundText() {
        return (isUpper ? "at most " : "at least ") + Spread.number(bound);
    }

    /** The figure, in bold where it misses the bound. */
    public String figureText() {
        return isMeasured() && !isMet() ? "**" + figure.text() + "**" : figure.text();
    }
}
