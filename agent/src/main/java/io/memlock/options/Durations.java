// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** Reads durations, for the agent's options and the command line alike. */
public final class Durations {

    private static final String[] UNITS = {"ms", "s", "m", "h"};
    private static final long[] UNIT_MILLIS = {1, 1_000, 60_000, 3_600_000};
    private static final int MOST_DIGITS = 9;

    private Durations() {}

    /**
     * Reads a whole number and its unit.
     *
     * @param name what it is for, as the user typed it, for example {@code interval}
     * @param text for example {@code 500ms}; units are ms, s, m and h
     * @param leastMillis the shortest that is accepted
     * @param mostMillis the longest that is accepted
     * @return milliseconds
     * @throws OptionException if it cannot be read, or is too short or too long
     */
    public static long millis(String name, String text, long leastMillis, long mostMillis) throws OptionException {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String number = text.substring(0, digits);
        String unit = text.substring(digits);
        if (digits > 0 && digits <= MOST_DIGITS && unit.isEmpty()) {
            throw new OptionException(name + " '" + text + "' needs a unit: " + number + "ms, " + number + "s, "
                    + number + "m or " + number + "h");
        }
        int known = unitIndex(unit);
        if (digits == 0 || digits > MOST_DIGITS || known < 0) {
            throw new OptionException("cannot read " + name + " '" + OptionErrors.shown(text)
                    + "': it takes a whole number and its unit (ms, s, m, h), such as 500ms or 1s");
        }
        long millis = Long.parseLong(number) * UNIT_MILLIS[known];
        if (millis < leastMillis || millis > mostMillis) {
            throw new OptionException(
                    name + " '" + text + "' is out of range: from " + text(leastMillis) + " to " + text(mostMillis));
        }
        return millis;
    }

    private static int unitIndex(String unit) {
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(unit)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns a duration in the largest unit in which it is a whole number. */
    private static String text(long millis) {
        int unit = UNITS.length - 1;
        while (millis % UNIT_MILLIS[unit] != 0) {
            unit--;
        }
        return millis / UNIT_MILLIS[unit] + UNITS[unit];
    }
}
