// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

/** The answers of a monitoring plug-in, the better before the worse. */
public enum Level {
    OK(0),
    UNKNOWN(3),
    WARNING(1),
    CRITICAL(2);

    private final int exitStatus;

    Level(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    public int exitStatus() {
        return exitStatus;
    }

    /** Returns the worse of two. */
    public Level or(Level other) {
        return compareTo(other) > 0 ? this : other;
    }
}
