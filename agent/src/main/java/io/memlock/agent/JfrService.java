// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.jfr.LockEvents;
import io.memlock.jfr.Recordings;
import io.memlock.keeper.LockControl;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.RetryPause;
import io.memlock.options.CurrentOptions;
import io.memlock.process.ThisProcess;

/** Has events recorded while the option {@code jfr} is on, from the first recording on. */
final class JfrService {

    private final CurrentOptions options;
    private final ThisProcess process;
    private final Log log;

    /** The events that are registered; null if none are. */
    private LockEvents events;

    /** Whether events have to be unregistered, after an attempt that an error ended. */
    private boolean isEnding;

    private boolean isRefused;

    private final RetryPause pause = new RetryPause();

    JfrService(CurrentOptions options, ThisProcess process, Log log) {
        this.options = options;
        this.process = process;
        this.log = log;
    }

    /**
     * Registers or unregisters the events, as the option and the recordings say. The reporter's thread calls it about once
     * a second.
     *
     * @param control whom the events ask
     */
    void update(LockControl control) {
        long now = System.nanoTime();
        try {
            if (isEnding) {
                end();
            }
            if (!options.get().jfr()) {
                isRefused = false;
                end();
            } else if (events != null) {
                events.update();
            } else if (!isRefused
                    && pause.isOver(now)
                    && HeapRoom.isThere()
                    && Recordings.areRunning()
                    && process.metaspace().hasRoom()
                    && HeapRoom.lasts()) {
                begin(control);
            }
        } catch (RuntimeException | Error e) {
            isRefused = !RetryPause.isWorthwhileAfter(e);
            log.debug("no events in Flight Recorder: " + e);
            if (!isRefused) {
                pause.begin(now);
                isEnding = true; // a second later: in a full heap that fails as well
            }
        }
    }

    private void begin(LockControl control) {
        events = new LockEvents(control, process.files(), process.passRelay());
        events.begin();
    }

    private void end() {
        isEnding = true;
        if (events != null) {
            events.end();
            events = null; // not before: only these events can take their hooks away
        }
        isEnding = false;
    }
}
