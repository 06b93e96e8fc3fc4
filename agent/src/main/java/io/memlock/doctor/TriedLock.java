// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.calls.LockLimit;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Bytes;
import io.memlock.options.AgentOptions;
import io.memlock.options.CurrentOptions;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import io.memlock.proc.ProcFs;
import io.memlock.process.ThisProcess;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Locks this process as the agent would, and reports the outcome, instead of predicting it. */
final class TriedLock {

    private static final String CHECK = PredictedLock.CHECK;

    private final ProcFs proc;
    private LockLimit limit;

    TriedLock(ProcFs proc) {
        this.proc = proc;
    }

    /** Returns the limit that {@link #attempt} found; null if nothing could be tried. */
    LockLimit limit() {
        return limit;
    }

    List<Finding> attempt(AgentOptions options) throws IOException {
        MemoryLock lock;
        try {
            lock = new ThisProcess(NativeAccess.open(null), null, new Log(System.err, LogLevel.QUIET))
                    .newLock(new CurrentOptions(options));
        } catch (NativeUnavailableException e) {
            return List.of(Finding.fail(CHECK, e.reason(), e.remedy()));
        }
        Outcome start = lock.start(options);
        limit = start.status().limit();
        boolean isLocked = start.failure() == null && start.status().state() == LockState.LOCKED;
        Outcome last = isLocked ? lock.reconcile() : start; // probes each mapping, as the keeper does
        List<Finding> findings = new ArrayList<>();
        findings.add(last.failure() == null ? done(last.status()) : refused(last.failure()));
        if (!options.prefault().isEmpty() && !options.selection().isEmpty()) {
            String refusal = start.prefaultRefusal();
            findings.add(Sizes.prefaultRoom(refusal == null, refusal == null ? "tried and done" : refusal));
        }
        return findings;
    }

    private static Finding refused(LockFailure failure) {
        return Finding.fail(
                CHECK,
                "tried " + failure.tried() + "\n" + failure.answer() + "\n" + failure.meaning(),
                failure.remedy());
    }

    private Finding done(LockStatus status) throws IOException {
        if (status.regions().isEmpty()) {
            return PredictedLock.NOTHING_SELECTED;
        }
        String strategy = status.describe();
        String charged = Bytes.text(proc.status(ProcFs.SELF).vmLckBytes());
        return limit.isUnlimited()
                ? Finding.ok(CHECK, "tried and done: " + strategy + ", charged " + charged + ", no limit applies")
                : Finding.ok(
                        CHECK,
                        "tried and done in this JVM, the doctor's own: " + strategy + ", charged " + charged + " of "
                                + limit.describe()
                                + ". A JVM that is larger, or grows, needs more: run doctor with its PID");
    }
}
