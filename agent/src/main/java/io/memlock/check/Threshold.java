// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

import io.memlock.options.Durations;
import io.memlock.options.OptionException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Holds the bounds beyond which a number is a warning or critical. {@code NaN} means no bound.
 *
 * @param warning the best number that is no warning
 * @param critical the best number that is not critical
 */
public record Threshold(double warning, double critical) {

    /** Any swapped byte is a warning: what is swapped out is not in RAM, whatever is locked. */
    static final Threshold NONE_SWAPPED = new Threshold(0, Double.NaN);

    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%?");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,19})([kKmMgGtT]?)");
    private static final double WHOLE = 100;
    private static final long LONGEST_MILLIS = TimeUnit.DAYS.toMillis(1);

    private interface Unit {
        double number(String text) throws OptionException;
    }

    /**
     * Reads bounds of a share.
     *
     * @param text percents, {@code WARN:CRIT}, {@code WARN} or {@code :CRIT}
     * @return bounds from 0 to 1
     */
    public static Threshold share(String text) {
        Threshold read = read(text, "percentages from 0 to 100, as in 99.5:95", Threshold::percent);
        return inOrder(
                read,
                read.critical <= read.warning,
                text,
                "the critical coverage must not be above the warning coverage");
    }

    /**
     * Reads bounds of bytes.
     *
     * @param text as {@link #share}, in bytes or with k, m, g or t as {@code -Xmx}
     */
    public static Threshold bytes(String text) {
        return growing(text, read(text, "bytes, as in 0:64m", Threshold::byteCount));
    }

    /**
     * Reads bounds of a time.
     *
     * @param text as {@link #share}, in durations
     * @return bounds in seconds
     */
    public static Threshold seconds(String text) {
        return growing(text, read(text, "durations, as in 10s:2m", Threshold::duration));
    }

    private static Threshold growing(String text, Threshold read) {
        return inOrder(
                read, read.critical >= read.warning, text, "the critical bound must not be below the warning bound");
    }

    private static Threshold inOrder(Threshold read, boolean isInOrder, String text, String problem) {
        if (!isInOrder && !Double.isNaN(read.warning) && !Double.isNaN(read.critical)) {
            throw new IllegalArgumentException("'" + text + "': " + problem);
        }
        return read;
    }

    private static Threshold read(String text, String accepted, Unit unit) {
        List<String> parts = List.of(text.split(":", -1));
        if (parts.size() > 2 || text.replace(":", "").isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + text + "': it takes WARN:CRIT, WARN or :CRIT, where both are " + accepted);
        }
        try {
            return new Threshold(
                    number(parts.get(0), unit), parts.size() < 2 ? Double.NaN : number(parts.get(1), unit));
        } catch (OptionException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + e.getMessage() + "': it takes " + accepted, e);
        }
    }

    private static double number(String text, Unit unit) throws OptionException {
        return text.isEmpty() ? Double.NaN : unit.number(text);
    }

    private static double percent(String text) {
        var percent = PERCENT.matcher(text);
        if (!percent.matches() || Double.parseDouble(percent.group(1)) > WHOLE) {
            throw new NumberFormatException(text);
        }
        return Double.parseDouble(percent.group(1)) / WHOLE;
    }

    private static double byteCount(String text) {
        var bytes = BYTES.matcher(text);
        if (!bytes.matches()) {
            throw new NumberFormatException(text);
        }
        int power =
                bytes.group(2).isEmpty() ? 0 : 1 + "kmgt".indexOf(bytes.group(2).toLowerCase(Locale.ROOT));
        return Double.parseDouble(bytes.group(1)) * Math.pow(1 << 10, power);
    }

    private static double duration(String text) throws OptionException {
        return Durations.millis("age", text, 0, LONGEST_MILLIS) / (double) TimeUnit.SECONDS.toMillis(1);
    }

    /**
     * Judges a number that should be large.
     *
     * @param number -1 if it is not known
     */
    Level ofLeast(double number) {
        return level(number, number < warning, number < critical);
    }

    /**
     * Judges a number that should be small.
     *
     * @param number -1 if it is not known
     */
    Level ofMost(double number) {
        return level(number, number > warning, number > critical);
    }

    private static Level level(double number, boolean isWarning, boolean isCritical) {
        if (number < 0) {
            return Level.UNKNOWN;
        }
        return isCritical ? Level.CRITICAL : isWarning ? Level.WARNING : Level.OK;
    }
}
