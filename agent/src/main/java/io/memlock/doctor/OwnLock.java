// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.agent.ThisProcess;
import io.memlock.calls.LockLimit;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.Bytes;
import io.memlock.options.AgentOptions;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import io.memlock.proc.ProcFs;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Does in this process what the agent would do, and tells what came of it: nothing is guessed. */
final class OwnLock {

    private static final String CHECK = "lock";

    private final ProcFs proc;
    private LockLimit limit;

    OwnLock(ProcFs proc) {
        this.proc = proc;
    }

    /** What {@link #attempt} found out about the limit; null if nothing could be tried. */
    LockLimit limit() {
        return limit;
    }

    List<Finding> attempt(AgentOptions options) throws IOException {
        MemoryLock lock;
        try {
            lock = new MemoryLock(
                    new ThisProcess(NativeAccess.open(null), proc, null, new Log(System.err, LogLevel.QUIET)));
        } catch (NativeUnavailableException e) {
            return List.of(Finding.fail(CHECK, e.getMessage(), ""));
        }
        LockFailure failure = lock.start(options);
        limit = lock.status().limit();
        if (failure == null && lock.status().state() == LockState.LOCKED) {
            failure = lock.reconcile(); // probes each mapping, as the keeper does
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(failure == null ? done(lock) : refused(failure));
        if (!options.prefault().isEmpty() && !options.selection().isEmpty()) {
            String refusal = lock.prefaultRefusal();
            findings.add(
                    refusal == null
                            ? Finding.ok("prefault room", "tried and done")
                            : Finding.fail("prefault room", refusal, "# more memory, or a smaller -Xms"));
        }
        return findings;
    }

    private static Finding refused(LockFailure failure) {
        return Finding.fail(
                CHECK,
                "tried " + failure.tried() + "\n" + failure.answer() + "\n" + failure.meaning(),
                failure.remedy());
    }

    private Finding done(MemoryLock lock) throws IOException {
        if (lock.status().regions().isEmpty()) {
            return Finding.ok(CHECK, "nothing is selected (mode=none)");
        }
        String strategy = lock.status().describe();
        String charged = Bytes.text(proc.status(ProcFs.SELF).vmLckBytes());
        return limit.isUnlimited()
                ? Finding.ok(CHECK, "tried and done: " + strategy + ", charged " + charged + ", no limit applies")
                : Finding.ok(
                        CHECK,
                        "tried and done in this JVM, the doctor's own: " + strategy + ", charged " + charged + " of "
                                + limit.describe()
                                + "; a JVM that is larger, or grows, needs more: run doctor with its PID");
    }
}
