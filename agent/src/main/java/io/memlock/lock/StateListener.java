// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

/** Hears of changes of state. */
public interface StateListener {

    /** The state has changed. */
    void stateChanged(LockState from, LockState to);
}
