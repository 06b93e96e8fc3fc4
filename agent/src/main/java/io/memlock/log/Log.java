// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

import io.memlock.bootstrap.StandardError;
import java.io.PrintStream;

/** Prints on stderr, at levels. No logging library: the agent runs before the application has chosen one. */
public final class Log {

    private final StandardError stderr;
    private final Verbosity verbosity;

    /** Opens a log on a stream that nobody else of the agent prints on. */
    public Log(PrintStream stream, Verbosity verbosity) {
        this(new StandardError(stream), verbosity);
    }

    /**
     * Opens a log.
     *
     * @param stderr where to
     * @param verbosity how much, at any moment
     */
    public Log(StandardError stderr, Verbosity verbosity) {
        this.stderr = stderr;
        this.verbosity = verbosity;
    }

    /** Tells whether {@link #debug} prints, for messages that cost something to make. */
    public boolean isDebug() {
        return verbosity.level() == LogLevel.DEBUG;
    }

    /** Prints why the JVM ends with a status of the agent. */
    public void error(String message) {
        stderr.print(StandardError.ERROR, message);
    }

    /** Prints what the operator should know, at every level: something is not as promised, or no longer as it was. */
    public void warn(String message) {
        stderr.print(StandardError.WARN, message);
    }

    /** Prints the start line, or a change of state. */
    public void info(String message) {
        if (verbosity.level() != LogLevel.QUIET) {
            stderr.print(StandardError.INFO, message);
        }
    }

    public void debug(String message) {
        if (isDebug()) {
            stderr.print(StandardError.DEBUG, message);
        }
    }
}
