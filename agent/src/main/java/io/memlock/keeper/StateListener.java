// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.state.LockState;

/** Receives the changes of state, one at a time and in their order. Whoever finds the next one waits for it to return. */
public interface StateListener {

    void stateChanged(LockState from, LockState to);
}
