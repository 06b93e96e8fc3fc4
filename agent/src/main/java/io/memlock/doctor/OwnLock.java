// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.lock.LockFailure;
import io.memlock.lock.LockState;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.ThisProcess;
import io.memlock.log.Bytes;
import io.memlock.log.Log;
import io.memlock.options.AgentOptions;
import io.memlock.options.LogLevel;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import io.memlock.proc.ProcFs;
import java.io.IOException;

/** Does in this process what the agent would do, and tells what came of it: nothing is guessed. */
final class OwnLock {

    private static final String CHECK = "lock";

    private final ProcFs proc;

    OwnLock(ProcFs proc) {
        this.proc = proc;
    }

    Finding attempt(AgentOptions options) throws IOException {
        MemoryLock lock;
        try {
            lock = new MemoryLock(
                    new ThisProcess(NativeAccess.open(null), proc, null, new Log(System.err, LogLevel.QUIET)));
        } catch (NativeUnavailableException e) {
            return Finding.fail(CHECK, e.getMessage(), "");
        }
        LockFailure failure = lock.start(options);
        if (failure == null && lock.status().state() == LockState.LOCKED) {
            failure = lock.reconcile(); // probes each mapping, as the keeper does
        }
        if (failure != null) {
            return Finding.fail(
                    CHECK,
                    "tried " + failure.tried() + "\n" + failure.answer() + "\n" + failure.meaning(),
                    failure.remedy());
        }
        String strategy = lock.status().describe();
        String charged = Bytes.text(proc.status(ProcFs.SELF).vmLckBytes());
        return lock.status().limit().isUnlimited()
                ? Finding.ok(CHECK, "tried and done: " + strategy + ", charged " + charged + ", no limit applies")
                : Finding.ok(
                        CHECK,
                        "tried and done in this JVM: " + strategy + ", charged " + charged + " of "
                                + lock.status().limit().describe()
                                + "; a JVM that is larger, or grows, needs more: run doctor with its PID");
    }
}
