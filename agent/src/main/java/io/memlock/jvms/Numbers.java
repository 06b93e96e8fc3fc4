// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.Bytes;
import java.util.Locale;

/** Formats numbers for people. An unknown number, -1, becomes "-". */
public final class Numbers {

    /** The number that stands for what is not known. */
    public static final long UNKNOWN = -1;

    private static final String NOT_KNOWN = "-";

    private Numbers() {}

    /** Formats bytes, for example {@code 512.3 MiB}. */
    public static String bytes(long bytes) {
        return bytes < 0 ? NOT_KNOWN : bytes == 0 ? "0" : Bytes.text(bytes);
    }

    /** Formats a number per second, for example {@code 12.5}. */
    public static String rate(double perSecond) {
        return perSecond < 0 ? NOT_KNOWN : String.format(Locale.ROOT, "%.1f", perSecond);
    }

    /**
     * Formats a share, for example {@code 83 %}; 100 only if it is all, 0 only if it is nothing. Of nearly all it shows one
     * decimal.
     */
    public static String percent(double share) {
        if (share < 0) {
            return NOT_KNOWN;
        }
        if (share >= LockSummary.ALL && share < 1) {
            return String.format(Locale.ROOT, "%.1f %%", Math.floor(share * 1000) / 10);
        }
        long rounded = Math.round(share * 100);
        return rounded == 0 && share > 0 ? "<1 %" : rounded + " %";
    }

    /** Returns locked of resident bytes, from 0 to 1; -1 if not known. */
    static double coverage(long lockedBytes, long residentBytes) {
        return lockedBytes < 0 ? UNKNOWN : Bytes.coverage(lockedBytes, residentBytes);
    }

    /** Returns a number for JSON, null if not known. */
    public static Number orNull(long number) {
        return number < 0 ? null : (Number) number;
    }

    /**
     * Returns a share for JSON with three decimals, null if not known; 1 only if it is all, 0 only if it is nothing: scripts
     * compare it with these.
     */
    public static Number shareOrNull(double share) {
        return share > 0 && share < 1 ? (Number) (Math.max(1, Math.floor(share * 1000)) / 1000) : orNull(share);
    }

    /** Returns a number for JSON with three decimals, null if not known. */
    public static Number orNull(double number) {
        return number < 0 ? null : (Number) (Math.round(number * 1000) / 1000.0);
    }
}
