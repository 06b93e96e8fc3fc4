// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import java.util.concurrent.TimeUnit;

/**
 * Writes a line into the JVM's log for every change of state, once, whoever finds out; and tells a listener. Whoever
 * asks for the state is told at once that it is not known. The log gets a line only for what lasts, because a keeper
 * that is late on a busy host mostly makes its pass a moment later.
 */
final class StateAnnouncer {

    private static final long WORTH_A_LINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final MemoryLock lock;
    private final Log log;
    private final StateListener listener;

    /** The last state that was told. No atomic reference: its initialiser would have the JDK's variable handles initialised. */
    private LockState announced;

    /** Since when nobody has known the state; 0 while somebody does. */
    private volatile long unknownSince;

    StateAnnouncer(MemoryLock lock, Log log, StateListener listener) {
        this.lock = lock;
        this.log = log;
        this.listener = listener;
        this.announced = lock.status().state();
    }

    /** Says what has changed since the last time, if anything has. */
    void announce() {
        LockStatus status = lock.status();
        LockState after = status.state();
        if (after == LockState.UNKNOWN && !isUnknownForLong()) {
            return;
        }
        if (after != LockState.UNKNOWN) {
            unknownSince = 0;
        }
        LockState before = exchange(after);
        if (before == after) {
            return;
        }
        String change = "state " + before + " -> " + after;
        boolean isKept = after == LockState.LOCKED || after == LockState.UNLOCKED;
        if (isKept || status.lastFailure() == null) {
            log.info(change + " (" + status.describe() + ")");
        } else {
            log.warn(status.lastFailure().text(change));
        }
        listener.stateChanged(before, after);
    }

    private synchronized LockState exchange(LockState after) {
        LockState before = announced;
        announced = after;
        return before;
    }

    private boolean isUnknownForLong() {
        long now = System.nanoTime();
        if (unknownSince == 0) {
            unknownSince = now;
        }
        return now - unknownSince >= WORTH_A_LINE_NANOS;
    }
}
