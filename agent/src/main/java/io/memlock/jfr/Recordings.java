// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/** Tells whether the JVM records. Asking does not initialise Flight Recorder, and loads no event class. */
public final class Recordings {

    private Recordings() {}

    /**
     * Returns the newest of the recordings that run, however it was begun. Where Flight Recorder is not in use, this is free.
     *
     * @return its id, which grows from 1 on; 0 if nothing is recorded
     */
    public static long newest() {
        long newest = 0;
        if (FlightRecorder.isInitialized()) {
            for (Recording recording : FlightRecorder.getFlightRecorder().getRecordings()) {
                boolean isRunning = recording.getState() == RecordingState.RUNNING;
                newest = isRunning ? Math.max(newest, recording.getId()) : newest;
            }
        }
        return newest;
    }

    /** Returns whether something is recorded. */
    public static boolean areRunning() {
        return newest() > 0;
    }
}
