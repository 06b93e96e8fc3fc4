// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/** Tells whether the JVM records. Asking does not initialise Flight Recorder, and loads no event class. */
public final class Recordings {

    private Recordings() {}

    /** Returns whether something is recorded, however it was begun. Where Flight Recorder is not in use, this is free. */
    public static boolean areRunning() {
        if (!FlightRecorder.isInitialized()) {
            return false;
        }
        for (Recording recording : FlightRecorder.getFlightRecorder().getRecordings()) {
            if (recording.getState() == RecordingState.RUNNING) {
                return true;
            }
        }
        return false;
    }
}
