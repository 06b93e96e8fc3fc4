// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.options.OptionParser;
import io.memlock.state.LockFailure;
import io.memlock.state.LockStatus;

/** A lock whose answers tell the failure, and that remembers all else of the last one. */
final class AnsweringLock {

    private final MemoryLock lock;
    private Outcome last;

    AnsweringLock(MemoryLock lock) {
        this.lock = lock;
    }

    /** The last answer. */
    Outcome last() {
        return last;
    }

    LockStatus status() {
        return lock.status();
    }

    LockFailure start(String options) throws Exception {
        return answer(lock.start(OptionParser.parse(options)));
    }

    LockFailure change(String options) throws Exception {
        return answer(lock.change(OptionParser.parse(options)));
    }

    LockFailure reconcile() throws Exception {
        return answer(lock.reconcile());
    }

    LockFailure unlock() throws Exception {
        return answer(lock.unlock());
    }

    /** The lock itself, for what answers nothing. */
    MemoryLock itself() {
        return lock;
    }

    private LockFailure answer(Outcome outcome) {
        last = outcome;
        return outcome.failure();
    }
}
