// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.util.List;

/**
 * Tells what is left of a JVM's limits for metaspace. A class that does not fit fails to load, and may end the JVM
 * ({@code -XX:+ExitOnOutOfMemoryError}), whoever loads it. Classes are hardly ever unloaded, so to wait for room is mostly
 * in vain. HotSpot's counters of metaspace are as of the last collection, so the JVM is asked.
 *
 * @param bytes what can still be committed of all of metaspace
 * @param classBytes what of that can be committed in the class space
 */
public record MetaspaceRoom(long bytes, long classBytes) {

    /** Has HotSpot print how much is committed, and the limits. Stops the JVM at a safepoint, for 1-2 ms. */
    public static final String COMMAND = "VM.metaspace basic";

    /** What a JVM without a limit has, and one whose answer is not understood. */
    private static final long UNLIMITED = Long.MAX_VALUE;

    /** The part of what the agent's classes take that is in the class space; measured: a tenth. */
    private static final long CLASS_PART = 8;

    private static final List<String> LIMITS = List.of("-XX:MaxMetaspaceSize=", "-XX:CompressedClassSpaceSize=");

    /** How arguments begin that name a file with further ones: the launcher's and the JVM's. */
    private static final List<String> FILES = List.of("\0@", "-XX:Flags=", "-XX:VMOptionsFile=");

    private static final String RESERVED = " reserved,";
    private static final String COMMITTED = " committed";

    /** Returns whether metaspace may have been given a limit. Without one the JVM need not be asked. */
    public static boolean mayBeLimited(JvmFlags flags) {
        return !flags.isComplete() || flags.bytes(LIMITS.toArray(new String[0])) != JvmFlags.NOT_GIVEN;
    }

    /**
     * Returns whether metaspace may have been given a limit.
     *
     * @param arguments of the JVM, as far as they are to be seen, each after a NUL character or a blank
     */
    public static boolean mayBeLimitedBy(String arguments) {
        return containsAny(arguments, LIMITS) || containsAny(arguments, FILES);
    }

    private static boolean containsAny(String text, List<String> parts) {
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }

    /** Reads what {@link #COMMAND} has printed. */
    public static MetaspaceRoom of(String report) {
        long most = UNLIMITED;
        long committed = 0;
        long classRoom = UNLIMITED;
        for (String line : report.split("\n", -1)) {
            int reserved = line.indexOf(RESERVED);
            if (line.startsWith("MaxMetaspaceSize:")) {
                most = bytes(line.substring(line.indexOf(':') + 1), UNLIMITED);
            } else if (reserved > 0 && line.contains(COMMITTED)) {
                long now = bytes(line.substring(reserved + RESERVED.length()), 0);
                committed = Math.max(committed, now); // the last line of several is their sum
                if (line.contains("Class space:")) {
                    long all = bytes(line.substring(line.indexOf(':') + 1), UNLIMITED);
                    classRoom = Math.max(0, all - now);
                }
            }
        }
        return new MetaspaceRoom(most == UNLIMITED ? UNLIMITED : Math.max(0, most - committed), classRoom);
    }

    /** Returns whether classes of so many bytes fit. */
    public boolean holds(long wanted) {
        return bytes >= wanted && classBytes >= wanted / CLASS_PART;
    }

    /** Returns a number with its unit, as {@code 16.00 MB}. */
    private static long bytes(String text, long otherwise) {
        String[] words = text.strip().split(" ", -1);
        if (words.length < 2) {
            return otherwise;
        }
        long unit =
                switch (words[1]) {
                    case "KB" -> 1L << 10;
                    case "MB" -> 1L << 20;
                    case "GB" -> 1L << 30;
                    default -> 1;
                };
        try {
            return (long) (Double.parseDouble(words[0]) * unit);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
