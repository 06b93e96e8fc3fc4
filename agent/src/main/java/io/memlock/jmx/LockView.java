// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;

/** Provides the lock as it is now. While several attributes are read together, it provides the lock of one moment. */
final class LockView {

    private final LockControl control;

    /** The lock at that moment; null unless it is held. */
    private volatile Held held;

    private record Held(LockStatus status, RegionReport report) {}

    LockView(LockControl control) {
        this.control = control;
    }

    /** Holds the lock as it is now. */
    void hold() {
        held = new Held(control.status(), control.report());
    }

    /** Lets go of it: each answer is of the moment it is asked for again. */
    void letGo() {
        held = null;
    }

    LockStatus status() {
        Held last = held;
        return last == null ? control.status() : last.status();
    }

    /** Returns the last scan, null before the first. */
    RegionReport report() {
        Held last = held;
        return last == null ? control.report() : last.report();
    }
}
