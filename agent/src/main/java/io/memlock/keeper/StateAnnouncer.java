// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.manners.ThreadStart;
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
    private final ProcessView process;
    private final Log log;
    private final StateListener listener;

    private final LastTold logged;

    /** The last state the listener was told. Guarded by this. */
    private LockState notified;

    /** Tells the listener what it has not been told yet, for which it may start a thread. Guarded by this. */
    private final ThreadStart telling = new ThreadStart() {
        @Override
        protected void start() {
            LockState after = lock.status().state();
            if (after != notified && isWorthTelling(after)) {
                listener.stateChanged(notified, after);
                notified = after;
            }
        }
    };

    /** Since when nobody has known the state; 0 while somebody does. */
    private volatile long unknownSince;

    StateAnnouncer(MemoryLock lock, ProcessView process, Log log, StateListener listener) {
        this.lock = lock;
        this.process = process;
        this.log = log;
        this.listener = listener;
        LockState now = lock.settledState(); // which may be old by now, where the start has populated memory
        this.logged = new LastTold(now);
        this.notified = now;
    }

    /** Says what has changed since the last time, if anything has. What a full heap keeps from being said is said the next time. */
    void announce() {
        LockStatus status = lock.status();
        if (isWorthTelling(status.state())) {
            log(status);
            notifyListener();
        }
    }

    /** Tells the listener of a change that was asked for, before the answer is given. */
    void lockChanged() {
        listener.lockChanged();
    }

    private boolean isWorthTelling(LockState state) {
        if (state == LockState.UNKNOWN) {
            return isUnknownForLong();
        }
        unknownSince = 0;
        return true;
    }

    private void log(LockStatus status) {
        LockState after = status.state();
        LockState before = logged.exchange(after);
        if (before == after) {
            return;
        }
        try {
            String change = "state " + before + " -> " + after;
            boolean isKept = after == LockState.LOCKED || after == LockState.UNLOCKED;
            if (isKept || status.lastFailure() == null) {
                log.info(change + " (" + status.describe() + ")");
            } else {
                log.warn(status.lastFailure().text(change));
            }
        } catch (RuntimeException | Error e) {
            logged.takeBack(after, before);
            throw e;
        }
    }

    /**
     * Tells the listener the state of now, one thread after the other: what it is told last is what counts. The log is
     * written beside that, because a reader of stderr may hold a line up.
     */
    private synchronized void notifyListener() {
        telling.run();
    }

    private boolean isUnknownForLong() {
        long now = process.nanoTime();
        if (unknownSince == 0) {
            unknownSince = now;
        }
        return now - unknownSince >= WORTH_A_LINE_NANOS;
    }

    /** Holds the last state that was logged. No atomic reference: that would have the JDK's variable handles initialised. */
    private static final class LastTold {

        private LockState state;

        LastTold(LockState state) {
            this.state = state;
        }

        synchronized LockState exchange(LockState now) {
            LockState before = state;
            state = now;
            return before;
        }

        /** Has a state count as not logged, unless another one was logged since. */
        synchronized void takeBack(LockState unlogged, LockState before) {
            if (state == unlogged) {
                state = before;
            }
        }
    }
}
