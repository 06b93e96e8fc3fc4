// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.Map;

/** Formats byte counts for people, and computes the coverage. */
public final class Bytes {

    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};

    private Bytes() {}

    /**
     * Returns the text of a limit.
     *
     * @param bytes a count, or -1 if there is no limit
     * @return {@code unlimited}, or as {@link #text}
     */
    public static String limit(long bytes) {
        return bytes < 0 ? "unlimited" : text(bytes);
    }

    /**
     * Returns the text of what each region has.
     *
     * @return for example {@code heap 512.3 MiB, code 4.0 MiB}; regions that have nothing are left out
     */
    public static String text(Map<Region, Long> bytesByRegion) {
        StringBuilder text = new StringBuilder();
        bytesByRegion.forEach((region, bytes) -> {
            if (bytes > 0) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(region.optionName())
                        .append(' ')
                        .append(text(bytes));
            }
        });
        return text.toString();
    }

    /** Returns the coverage, locked of resident bytes, from 0 to 1; 1 if nothing is resident. */
    public static double coverage(long lockedBytes, long residentBytes) {
        return residentBytes == 0 ? 1 : Math.min(1, (double) lockedBytes / residentBytes);
    }

    /**
     * Returns the text of a byte count, with one decimal, in binary units.
     *
     * @param bytes a count, or -1 if it is not known
     * @return for example {@code 512.3 MiB}; below 1 KiB {@code 12 B}; {@code unknown}
     */
    public static String text(long bytes) {
        if (bytes < 0) {
            return "unknown";
        }
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = 0;
        long rest = bytes;
        while (rest >= 1024 * 1024 && unit < UNITS.length - 1) {
            rest >>= 10;
            unit++;
        }
        long tenths = rest * 10 / 1024;
        return tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
    }
}
