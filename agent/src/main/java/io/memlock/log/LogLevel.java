// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

/** How much is printed to stderr. */
public enum LogLevel implements Verbosity {
    /** Failures only. */
    QUIET,
    /** One line at start, and changes of state. */
    INFO,
    /** Also where start-up time went and what each pass did. */
    DEBUG;

    @Override
    public LogLevel level() {
        return this;
    }
}
