// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.state.LockState;

/** Receives the changes of state. */
public interface StateListener {

    void stateChanged(LockState from, LockState to);
}
