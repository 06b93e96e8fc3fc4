// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.startup;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Wall and CPU time of a process from its start to its end, as the kernel accounts them to its parent. */
public final class TimedProcess {

    /** What the agent says where it has not done its work, which makes it fast. */
    private static final Pattern UNDONE = Pattern.compile("NOT LOCKED|PARTLY LOCKED|NOT PREFAULTED");

    private TimedProcess() {}

    /**
     * Runs it.
     *
     * @return {@code wallMillis} and {@code cpuMillis}
     * @throws IllegalStateException if it fails, or the agent in it has not done all it was told to
     */
    public static Map<String, Double> run(List<String> command) {
        List<String> timed = new ArrayList<>(
                List.of("bash", "-c", "TIMEFORMAT='%3R %3U %3S'; time \"$@\" 2>&1 > /dev/null", "bash"));
        timed.addAll(command);
        Outcome outcome = Commands.run(timed);
        if (outcome.exitStatus() != 0) {
            throw new IllegalStateException("exit status " + outcome.exitStatus());
        }
        if (UNDONE.matcher(outcome.stdout()).find()) { // its standard error
            throw new IllegalStateException(outcome.stdout().strip());
        }
        String[] seconds = outcome.stderr().trim().split(" ", -1);
        double wall = Double.parseDouble(seconds[0]);
        double cpu = Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2]);
        return Map.of("wallMillis", wall * 1000, "cpuMillis", cpu * 1000);
    }
}
