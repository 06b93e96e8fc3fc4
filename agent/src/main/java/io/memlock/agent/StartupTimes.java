// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

/** Measures where start-up time goes, for {@code log=debug}. */
final class StartupTimes {

    private final StringBuilder steps = new StringBuilder();
    private final long startNanos;
    private long lastNanos;

    /**
     * Starts the clock.
     *
     * @param startNanos {@link System#nanoTime} when the JVM called the agent
     */
    StartupTimes(long startNanos) {
        this.startNanos = startNanos;
        this.lastNanos = startNanos;
    }

    /** Notes a step that has just ended. */
    void ended(String name) {
        long now = System.nanoTime();
        steps.append(steps.length() == 0 ? "" : ", ").append(name).append(' ').append(millis(now - lastNanos));
        lastNanos = now;
    }

    /** Returns the whole milliseconds from the start to the last step's end. */
    long totalMillis() {
        return (lastNanos - startNanos) / 1_000_000;
    }

    /**
     * Describes all steps.
     *
     * @return for example {@code start-up took 34.1 ms: loader 3.0, native 27.9, lock 3.2}
     */
    String describe() {
        return "start-up took " + millis(lastNanos - startNanos) + " ms: " + steps;
    }

    /** Formats by hand: the first {@code String.format} costs a starting JVM 10 ms. */
    private static String millis(long nanos) {
        long tenths = nanos / 100_000;
        return tenths / 10 + "." + tenths % 10;
    }
}
