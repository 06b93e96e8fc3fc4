// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the agent on standard error that begins a message.
 *
 * @param time as printed
 * @param level as printed
 * @param pid the process, as printed
 * @param text {@code [memlock]} and what follows it
 */
public record AgentLine(String time, String level, long pid, String text) {

    private static final Pattern FORM = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z) (ERROR|WARN|INFO|DEBUG) (\\d+) (\\[memlock\\] .*)");

    /** Takes a line apart; null if it is not one of the agent's. */
    public static AgentLine of(String line) {
        Matcher parts = FORM.matcher(line);
        return parts.matches()
                ? new AgentLine(parts.group(1), parts.group(2), Long.parseLong(parts.group(3)), parts.group(4))
                : null;
    }

    /** Returns a line without what stands before {@code [memlock]}; any other as it is. */
    static String textOf(String line) {
        AgentLine ours = of(line);
        return ours == null ? line : ours.text();
    }
}
