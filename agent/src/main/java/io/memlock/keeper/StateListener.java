// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.state.LockState;

/** Hears of changes of state. */
public interface StateListener {

    /** The state has changed. */
    void stateChanged(LockState from, LockState to);
}
