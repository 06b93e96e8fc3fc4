// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.state.LockFailure;
import io.memlock.state.LockStatus;
import java.util.List;

/**
 * Holds the result of one start, change, pass or unlock.
 *
 * @param isTaken whether the options count that were asked for: a change that was refused leaves those before
 * @param status what is known of the lock afterwards
 * @param failure why the promise is not kept; null if it is
 * @param relocked segments that had to be locked, if others were before
 * @param hasFailedCalls whether a call has failed, so that the next pass may do what this one did not
 * @param swapInRefusal why what is in swap was not read back; null if it was, or there was no need
 * @param prefaultRefusal why {@code prefault} was not done; null if it was, or was not asked for
 * @param notices what the operator should know though the state may be the same: each is in one outcome only, which may
 * be a later one than that of what it is about
 */
public record Outcome(
        boolean isTaken,
        LockStatus status,
        LockFailure failure,
        long relocked,
        boolean hasFailedCalls,
        String swapInRefusal,
        String prefaultRefusal,
        List<String> notices) {

    /** Returns whether everything that was asked for is done, the lock and what goes with it. */
    public boolean isDone() {
        return failure == null && swapInRefusal == null && prefaultRefusal == null;
    }

    /** Returns a line for each thing that was asked for beside the lock and is not done, with a newline before it. */
    public String undone() {
        return (swapInRefusal == null ? "" : "\nnot read back from swap: " + swapInRefusal)
                + (prefaultRefusal == null ? "" : "\nnot prefaulted: " + prefaultRefusal);
    }
}
