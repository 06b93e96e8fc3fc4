// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

/**
 * Stands in for {@code java.util.logging.Logger} in the bundled JNA, and says nothing: what JNA would log is either
 * debug output or comes back to us as an error we report ourselves. The real one would fix the {@code LogManager} of the
 * process before the application's {@code main} can choose its own, which stops WildFly from starting.
 */
public final class Logger {

    private static final Logger SILENT = new Logger();

    private Logger() {}

    /** As in {@code java.util.logging.Logger}; one silent logger for every name. */
    public static Logger getLogger(String name) {
        return SILENT;
    }

    public boolean isLoggable(Level level) {
        return false;
    }

    public void log(Level level, String message) {}

    public void log(Level level, String message, Object parameter) {}

    public void log(Level level, String message, Object[] parameters) {}

    public void log(Level level, String message, Throwable cause) {}
}
