// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

import java.io.PrintStream;

/**
 * {@code [memlock] …} lines on stderr. No logging library: the agent runs before the application has chosen one.
 */
public final class Log {

    private static final String PREFIX = "[memlock] ";

    private final PrintStream stream;
    private final Verbosity verbosity;

    /**
     * A log.
     *
     * @param stream where to; the JVM's stderr as it is at start, whatever the application sets later
     * @param verbosity how much, at any moment
     */
    public Log(PrintStream stream, Verbosity verbosity) {
        this.stream = stream;
        this.verbosity = verbosity;
    }

    /** Whether {@link #debug} prints; for messages that cost something to make. */
    public boolean isDebug() {
        return verbosity.level() == LogLevel.DEBUG;
    }

    /** Something is not as promised: printed at every level. */
    public void failure(String message) {
        print(message);
    }

    /** The start line, and changes of state. */
    public void info(String message) {
        if (verbosity.level() != LogLevel.QUIET) {
            print(message);
        }
    }

    /** Details. */
    public void debug(String message) {
        if (isDebug()) {
            print(message);
        }
    }

    /** One call, so that lines of other threads do not come between. */
    private void print(String message) {
        stream.println(PREFIX.concat(message));
    }
}
