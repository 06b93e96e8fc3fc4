// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import io.memlock.reconcile.PassListener;
import io.memlock.reconcile.PassResult;
import java.util.List;

/** Records events for what each pass of the keeper does. */
final class PassRecorder implements PassListener {

    private final CoverageLosses losses = new CoverageLosses();

    /** The attempt that is under way; null if it had begun before this listened. */
    private LockEvent attempt;

    @Override
    public void begins(Segment segment, boolean locks) {
        LockEvent event = new LockEvent();
        if (event.isEnabled()) {
            event.operation = locks ? "lock" : "unlock";
            event.region = segment.region().optionName();
            event.start = segment.start();
            event.size = segment.length();
            event.begin();
            attempt = event;
        }
    }

    @Override
    public void ended(int errno) {
        LockEvent event = attempt;
        attempt = null;
        if (event != null) {
            event.end();
            event.errno = errno;
            event.answer = errno == 0 ? "done" : Errno.describe(errno);
            event.commit();
        }
    }

    @Override
    public void foundUnlocked(Segment segment, boolean isByOthers) {
        losses.foundUnlocked(segment, isByOthers, System.nanoTime());
    }

    @Override
    public void passed(Selection selection, PassResult pass) {
        record(losses.passed(selection, pass, System.nanoTime()));
    }

    /** Begins anew after passes of which this was not told. */
    void listensAgain() {
        attempt = null;
        losses.missedPasses();
    }

    /** Records what is still unlocked, at the end of a chunk. */
    void recordWhatGoesOn() {
        record(losses.goingOn(System.nanoTime()));
    }

    private static void record(List<CoverageLosses.Lost> losses) {
        for (CoverageLosses.Lost lost : losses) {
            CoverageLostEvent event = new CoverageLostEvent();
            event.region = lost.region().optionName();
            event.size = lost.bytes();
            event.reason = lost.reason();
            event.unlockedFor = lost.unlockedNanos();
            event.relocked = lost.isRelocked();
            event.commit();
        }
    }
}
