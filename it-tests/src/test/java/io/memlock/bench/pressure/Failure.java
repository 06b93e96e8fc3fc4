// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

/** Why a run failed, for a cell of a table. */
public final class Failure {

    private static final int LONGEST = 200;

    private Failure() {}

    /** What the JVM said on standard error, or else the first line of the message. */
    public static String inOneLine(AssertionError failure) {
        String message = String.valueOf(failure.getMessage());
        String stderr = message.substring(Math.max(0, message.indexOf("--- stderr")));
        String line = stderr.lines()
                .filter(text -> !text.startsWith("---") && !text.isBlank())
                .findFirst()
                .orElse(message.lines().findFirst().orElse("?"));
        String first = message.lines().findFirst().orElse("");
        String whole = line.equals(first) ? line : first + ": " + line;
        return whole.substring(0, Math.min(LONGEST, whole.length())).replace('|', '/');
    }
}
