// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.log.Log;
import io.memlock.log.UtcTime;
import java.util.concurrent.atomic.AtomicReference;

/** Leaves a line in the JVM's log for every change of state, once, whoever finds out; and tells a listener. */
final class StateAnnouncer {

    private final MemoryLock lock;
    private final Log log;
    private final StateListener listener;
    private final AtomicReference<LockState> announced;

    StateAnnouncer(MemoryLock lock, Log log, StateListener listener) {
        this.lock = lock;
        this.log = log;
        this.listener = listener;
        this.announced = new AtomicReference<>(lock.status().state());
    }

    /** Says what has changed since the last time, if anything has. */
    void announce() {
        LockStatus status = lock.status();
        LockState after = status.state();
        LockState before = announced.getAndSet(after);
        if (before == after) {
            return;
        }
        String change = "state " + before + " -> " + after + " at " + UtcTime.text(System.currentTimeMillis());
        boolean isKept = after == LockState.LOCKED || after == LockState.UNLOCKED;
        if (isKept || status.lastFailure() == null) {
            log.info(change + " (" + status.describe() + ")");
        } else {
            log.failure(status.lastFailure().text(change));
        }
        listener.stateChanged(before, after);
    }
}
