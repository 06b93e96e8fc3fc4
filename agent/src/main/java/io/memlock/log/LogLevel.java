// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

/** Names how much is printed to stderr. */
public enum LogLevel implements Verbosity {
    /** Only failures are printed. */
    QUIET,
    /** One line at start is printed, and changes of state. */
    INFO,
    /** Besides, it is printed where start-up time went and what each pass did. */
    DEBUG;

    @Override
    public LogLevel level() {
        return this;
    }
}
