// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.state.LockFailure;
import io.memlock.state.LockState;

/**
 * How far the promise is kept after a pass.
 *
 * @param state in a word
 * @param failure why it is not kept; null if it is
 */
public record Verdict(LockState state, LockFailure failure) {

    static final Verdict NOTHING_ASKED = new Verdict(LockState.UNLOCKED, null);

    static Verdict of(Pass pass, LockFailure failure) {
        if (failure == null) {
            return new Verdict(LockState.LOCKED, null);
        }
        boolean nothing = pass.wantedBytes() > 0 && pass.totalMissingBytes() >= pass.wantedBytes();
        return new Verdict(nothing ? LockState.FAILED : LockState.PARTIAL, failure);
    }

    static Verdict failed(LockFailure failure) {
        return new Verdict(LockState.FAILED, failure);
    }

    static Verdict partial(LockFailure failure) {
        return new Verdict(LockState.PARTIAL, failure);
    }
}
