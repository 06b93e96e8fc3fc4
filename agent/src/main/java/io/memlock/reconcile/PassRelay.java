// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Segment;
import io.memlock.memory.Selection;

/**
 * Passes events on to a listener that can be set and removed. A listener that fails is dropped, because it must not
 * prevent locking, and in a full heap each attempt may cost a collection. Whoever set it can set it again.
 */
public final class PassRelay implements PassListener {

    private volatile PassListener listener = NOBODY;

    /** Tells a listener from now on, in place of the one before. */
    public void tell(PassListener other) {
        listener = other;
    }

    /** Returns whether a listener is told, which it is until it fails. */
    public boolean tells(PassListener other) {
        return listener == other;
    }

    @Override
    public void begins(Segment segment, boolean locks) {
        try {
            listener.begins(segment, locks);
        } catch (Throwable e) { // an OutOfMemoryError the application survives, too
            listener = NOBODY;
        }
    }

    @Override
    public void ended(int errno) {
        try {
            listener.ended(errno);
        } catch (Throwable e) {
            listener = NOBODY;
        }
    }

    @Override
    public void foundUnlocked(Segment segment, boolean isByOthers) {
        try {
            listener.foundUnlocked(segment, isByOthers);
        } catch (Throwable e) {
            listener = NOBODY;
        }
    }

    @Override
    public void passed(Selection selection, PassResult pass) {
        try {
            listener.passed(selection, pass);
        } catch (Throwable e) {
            listener = NOBODY;
        }
    }
}
