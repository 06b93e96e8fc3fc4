// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;

/**
 * Provides the lock as it is now. While a thread reads several attributes together, it provides the lock of one moment to
 * that thread.
 */
final class LockView {

    private final LockControl control;

    /** The lock at that moment; null unless it is held. */
    private volatile Held held;

    private record Held(Thread reader, LockStatus status, RegionReport report) {}

    LockView(LockControl control) {
        this.control = control;
    }

    /** Holds the lock as it is now, for the calling thread. */
    void hold() {
        held = new Held(Thread.currentThread(), control.status(), control.report());
    }

    /** Lets go of it: each answer is of the moment it is asked for again. */
    void letGo() {
        held = null;
    }

    private static boolean isOthers(Held last) {
        return last == null || last.reader() != Thread.currentThread();
    }

    LockStatus status() {
        Held last = held;
        return isOthers(last) ? control.status() : last.status();
    }

    /** Returns the last scan, null before the first. */
    RegionReport report() {
        Held last = held;
        return isOthers(last) ? control.report() : last.report();
    }
}
