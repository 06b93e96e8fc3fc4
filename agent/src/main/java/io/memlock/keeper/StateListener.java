// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.state.LockState;

/** Receives the changes of state, one at a time and in their order. Whoever finds the next one waits for it to return. */
public interface StateListener {

    void stateChanged(LockState from, LockState to);

    /**
     * Hears that somebody has changed the lock, and is told of it next; or that what is published of it would get old. On that
     * thread, maybe on several at once.
     */
    default void lockChanged() {}
}
