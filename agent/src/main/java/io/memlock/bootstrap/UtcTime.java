// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

/**
 * Formats a moment as text, without {@code java.time}: if an initialiser of its formatters failed on a thread of the
 * agent, they would stay broken for the application.
 */
final class UtcTime {

    private static final long MILLIS_PER_DAY = 86_400_000L;

    /** 400 years: after these the calendar repeats. */
    private static final long DAYS_PER_ERA = 146_097;

    /** The days from 0000-03-01 to 1970-01-01. */
    private static final long DAYS_BEFORE_EPOCH = 719_468;

    private UtcTime() {}

    /**
     * Formats a moment as RFC 3339, to the millisecond.
     *
     * @param millis since 1970
     * @return for example {@code 2026-11-27T05:47:17.042Z}
     */
    static String text(long millis) {
        long days = Math.floorDiv(millis, MILLIS_PER_DAY);
        long ofDay = Math.floorMod(millis, MILLIS_PER_DAY);
        long second = ofDay / 1000;
        return date(days) + "T" + two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60) + "."
                + three(ofDay % 1000) + "Z";
    }

    /** Computes with years that begin in March, in which leap days come last. */
    private static String date(long daysSinceEpoch) {
        long days = daysSinceEpoch + DAYS_BEFORE_EPOCH;
        long era = Math.floorDiv(days, DAYS_PER_ERA);
        long dayOfEra = Math.floorMod(days, DAYS_PER_ERA);
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        return year + "-" + two(month) + "-" + two(day);
    }

    private static String three(long number) {
        return number < 100 ? "0" + two(number) : Long.toString(number);
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
