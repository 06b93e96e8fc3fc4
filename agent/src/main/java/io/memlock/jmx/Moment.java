// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;

/** Gives the lock as it is now, or while several attributes are read together, as it was at one moment. */
final class Moment {

    private final LockControl control;

    /** The lock at that moment; null unless it is held. */
    private volatile Held held;

    private record Held(LockStatus status, RegionReport report) {}

    Moment(LockControl control) {
        this.control = control;
    }

    void hold() {
        held = new Held(control.status(), control.report());
    }

    /** Lets go of it: each answer is of the moment it is asked for again. */
    void letGo() {
        held = null;
    }

    LockStatus status() {
        Held moment = held;
        return moment == null ? control.status() : moment.status();
    }

    /** Returns the last scan, null before the first. */
    RegionReport report() {
        Held moment = held;
        return moment == null ? control.report() : moment.report();
    }
}
