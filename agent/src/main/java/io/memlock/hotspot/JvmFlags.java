// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.util.List;

/**
 * Holds the flags a JVM was started with. If a flag is given twice, the later one counts, as in HotSpot.
 *
 * @param options the JVM's own, from its command line and its environment, in the order in which they count
 * @param isComplete whether these are all: of a flag that is not among them nothing is known otherwise
 */
public record JvmFlags(List<String> options, boolean isComplete) {

    /** A number of bytes that was not given. */
    public static final long NOT_GIVEN = -1;

    private static final int KIB_SHIFT = 10;

    public JvmFlags {
        options = List.copyOf(options);
    }

    /** Holds all the flags of a JVM. */
    public JvmFlags(List<String> options) {
        this(options, true);
    }

    /**
     * Returns whether a flag is on.
     *
     * @param flag as in {@code -XX:+flag}
     * @param byDefault what holds if it is not given
     */
    public boolean isOn(String flag, boolean byDefault) {
        boolean on = byDefault;
        for (String option : options) {
            if (option.equals("-XX:+" + flag)) {
                on = true;
            } else if (option.equals("-XX:-" + flag)) {
                on = false;
            }
        }
        return on;
    }

    /** Returns whether a flag is given, on or off. */
    public boolean mentions(String flag) {
        return isOn(flag, true) == isOn(flag, false);
    }

    /** Returns whether an option is given just so, as {@code -Xrs}. */
    public boolean has(String option) {
        return options.contains(option);
    }

    /** Returns what follows the prefix, "" if there is none. */
    public String value(String prefix) {
        String value = "";
        for (String option : options) {
            if (option.startsWith(prefix)) {
                value = option.substring(prefix.length());
            }
        }
        return value;
    }

    /** Returns the limit of the heap that was asked for, in bytes; {@link #NOT_GIVEN} if the JVM chose it itself. */
    public long heapMaxBytes() {
        return bytes("-Xmx", "-XX:MaxHeapSize=");
    }

    /** Returns a number of bytes that is given in one of several ways, {@link #NOT_GIVEN} if in none. */
    public long bytes(String... prefixes) {
        long found = NOT_GIVEN;
        for (String option : options) {
            for (String prefix : prefixes) {
                if (option.startsWith(prefix)) {
                    found = bytes(option.substring(prefix.length()), found);
                }
            }
        }
        return found;
    }

    /**
     * Returns the stack of one thread in bytes, {@link #NOT_GIVEN} if so. {@code ThreadStackSize} is in KiB, unlike all
     * the others.
     */
    public long stackBytes() {
        long bytes = NOT_GIVEN;
        for (String option : options) {
            if (option.startsWith("-Xss")) {
                bytes = bytes(option.substring("-Xss".length()), bytes);
            } else if (option.startsWith("-XX:ThreadStackSize=")) {
                long kib = bytes(option.substring("-XX:ThreadStackSize=".length()), NOT_GIVEN);
                bytes = kib > 0 ? kib << KIB_SHIFT : bytes; // 0 means the default
            }
        }
        return bytes;
    }

    private static long bytes(String text, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        int shift =
                switch (text.charAt(text.length() - 1)) {
                    case 'k', 'K' -> 10;
                    case 'm', 'M' -> 20;
                    case 'g', 'G' -> 30;
                    case 't', 'T' -> 40;
                    default -> 0;
                };
        try {
            return number(shift == 0 ? text : text.substring(0, text.length() - 1)) << shift;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Reads a number as HotSpot does: a leading zero makes none octal. parseInteger.hpp, before JDK 21 arguments.cpp */
    private static long number(String text) {
        boolean isHex = text.startsWith("0x") || text.startsWith("0X");
        return isHex ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
