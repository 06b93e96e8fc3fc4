// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Smaps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.JMException;

/**
 * For how long the agent of a JVM has said LOCKED of memory that is not. Memory that came since the last look may be
 * unlocked for a moment; what counts is how long the same memory was, while each look found LOCKED before and after.
 */
final class LockedClaim {

    private static final String LOCKED = "LOCKED";

    private final JmxClient jmx;
    private final Supplier<List<Smaps.Entry>> unlocked;
    private List<Unlocked> before = List.of();
    private String state = "";

    /** Memory that is not locked, since when. */
    private record Unlocked(long start, long end, long sinceNanos) {}

    /**
     * Prepares to judge.
     *
     * @param unlocked reads what is resident, selected and not locked
     */
    LockedClaim(JmxClient jmx, Supplier<List<Smaps.Entry>> unlocked) {
        this.jmx = jmx;
        this.unlocked = unlocked;
    }

    /**
     * Looks once more.
     *
     * @return the longest time for which some memory has been unlocked for certain and called locked, in nanoseconds
     */
    long falseForNanos() throws IOException, JMException {
        state = state();
        long earliest = System.nanoTime();
        List<Smaps.Entry> entries = unlocked.get();
        long latest = System.nanoTime();
        boolean isClaimed = state.equals(LOCKED) && state().equals(LOCKED);
        List<Unlocked> now = new ArrayList<>();
        if (isClaimed) {
            for (Smaps.Entry entry : entries) {
                now.add(new Unlocked(entry.start(), entry.end(), latest));
                before.forEach(each -> addCommon(now, each, entry));
            }
        }
        before = now;
        return now.stream()
                .mapToLong(each -> Math.max(0, earliest - each.sinceNanos()))
                .max()
                .orElse(0);
    }

    private static void addCommon(List<Unlocked> now, Unlocked before, Smaps.Entry entry) {
        long start = Math.max(before.start(), entry.start());
        long end = Math.min(before.end(), entry.end());
        if (start < end) {
            now.add(new Unlocked(start, end, before.sinceNanos()));
        }
    }

    /** Checks that all is said to be locked, and is. */
    void assertTrue() throws IOException, JMException {
        assertThat(state()).as("last failure: %s", jmx.get("LastFailure")).isEqualTo(LOCKED);
        assertThat(unlocked.get()).as("resident and not locked").isEmpty();
        assertThat(state()).isEqualTo(LOCKED);
    }

    /** What the last look found. */
    String lastState() {
        return state;
    }

    /** What the last look found unlocked. */
    @Override
    public String toString() {
        return before.stream()
                .map(each -> Smaps.range(each.start(), each.end()))
                .distinct()
                .collect(Collectors.joining(", ", "unlocked: ", ""));
    }

    private String state() throws IOException, JMException {
        return (String) jmx.get("State");
    }
}
