// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Segment;
import io.memlock.memory.Selection;

/** Is told what each pass does, on the thread that runs it, one pass at a time. */
public interface PassListener {

    PassListener NOBODY = new PassListener() {
        @Override
        public void begins(Segment segment, boolean locks) {}

        @Override
        public void ended(int errno) {}

        @Override
        public void foundUnlocked(Segment segment, boolean isByOthers) {}

        @Override
        public void passed(Selection selection, PassResult pass) {}
    };

    /**
     * Hears that a segment is about to be locked or unlocked.
     *
     * @param locks whether it is to be locked
     */
    void begins(Segment segment, boolean locks);

    /**
     * Hears how that went.
     *
     * @param errno 0 if it is done, and a look has confirmed it
     */
    void ended(int errno);

    /**
     * Hears of a segment that the last pass also wanted locked, and that was unlocked until now, or since the last pass
     * for a moment. It is locked again.
     *
     * @param isByOthers whether it was locked and only another party can have unlocked it; otherwise it may be new
     */
    void foundUnlocked(Segment segment, boolean isByOthers);

    /**
     * Hears that a pass is over.
     *
     * @param selection what should be locked
     */
    void passed(Selection selection, PassResult pass);
}
