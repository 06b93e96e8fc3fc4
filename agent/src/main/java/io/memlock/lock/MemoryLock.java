// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.lock.Reconciler.Terms;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.Mapping;
import java.io.IOException;

/**
 * The lock on this process: takes it, keeps it, gives it back, and knows how far the promise is kept. All methods may be
 * called from any thread.
 */
public final class MemoryLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LockParts parts;
    private final LibC libc;

    private AgentOptions options;
    private Selection selection = Selection.NOTHING;
    private Strategy strategy;
    private LockLimit limit;
    private boolean bornLocked;
    private boolean wasBornLocked;
    private boolean firstPassDone;
    private long relockCount;
    private long failureCount;
    private LockFailure lastFailure;
    private String prefaultRefusal;
    private volatile LockStatus status;

    /**
     * No lock yet.
     *
     * @param process what to lock
     */
    public MemoryLock(ThisProcess process) {
        this((LockParts) process);
    }

    MemoryLock(LockParts parts) {
        this.parts = parts;
        this.libc = parts.libc();
    }

    /** What is known now; free. */
    public LockStatus status() {
        return status;
    }

    /**
     * Locks, before {@code main}. Nobody waits for {@code mmap_lock} yet, so this is done in one call where possible.
     *
     * @param wanted what the user wants
     * @return null if the promise is kept so far, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure start(AgentOptions wanted) throws IOException {
        try {
            LockFailure failure = startLocking(wanted);
            if (!wanted.prefault().isEmpty() && !selection.isEmpty()) {
                reconcile(); // finds out where the regions are
                prefault(wanted, false);
            }
            return failure;
        } finally {
            parts.calls().live();
        }
    }

    private LockFailure startLocking(AgentOptions wanted) throws IOException {
        prepare(wanted);
        if (selection.isEmpty()) {
            return settle(LockState.UNLOCKED, Pass.NONE, null, 0);
        }
        if (strategy == Strategy.RESCAN) {
            return wanted.strategy() == StrategyChoice.FUTURE ? refuseFuture() : reconcile();
        }
        if (libc.mlockall(Linux.MCL_CURRENT | FUTURE) != 0) {
            return settle(LockState.FAILED, Pass.NONE, Failures.mlockall(libc.errno(), limit), 0);
        }
        bornLocked = true;
        // mlockall ignores what goes wrong with single mappings; the keeper's first pass probes each. Here only that
        // the kernel remembers MCL_FUTURE.
        LockFailure failure = parts.futureProbe().isBornLocked() ? null : Failures.mlockall(Errno.EINVAL, limit);
        return settle(failure == null ? LockState.LOCKED : LockState.FAILED, Pass.NONE, failure, 0);
    }

    /**
     * Locks something else from now on, without a stall: what is there in small pieces first, then {@code MCL_FUTURE}.
     *
     * @return null if the promise is kept, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure change(AgentOptions wanted) throws IOException {
        parts.calls().live();
        if (bornLocked) {
            release();
        }
        prepare(wanted);
        if (strategy == Strategy.RESCAN && wanted.strategy() == StrategyChoice.FUTURE) {
            return refuseFuture();
        }
        firstPassDone = false;
        LockFailure failure = reconcile();
        if (strategy == Strategy.FUTURE && libc.mlockall(FUTURE) == 0) {
            bornLocked = true;
            failure = reconcile(); // what appeared meanwhile
        }
        parts.residency().swapIn(parts.reconciler().locked());
        prefault(wanted, true);
        return failure;
    }

    private void prefault(AgentOptions wanted, boolean isLive) throws IOException {
        if (!wanted.prefault().isEmpty()) {
            prefaultRefusal = parts.residency().prefault(parts.reconciler().locked(), wanted.prefault(), isLive);
        }
    }

    /**
     * Why {@code prefault} was not done.
     *
     * @return null if it was done, or not asked for
     */
    public synchronized String prefaultRefusal() {
        return prefaultRefusal;
    }

    private void prepare(AgentOptions wanted) {
        options = wanted;
        selection = Selection.of(wanted);
        limit = LockLimit.establish(libc);
        boolean future = limit.isUnlimited() && wanted.strategy() != StrategyChoice.RESCAN;
        strategy = selection.isEmpty() ? null : future ? Strategy.FUTURE : Strategy.RESCAN;
    }

    private LockFailure refuseFuture() {
        selection = Selection.NOTHING;
        return settle(LockState.FAILED, Pass.NONE, Failures.futureUnderLimit(limit), 0);
    }

    /**
     * One pass of the keeper.
     *
     * @return null if the promise is kept, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure reconcile() throws IOException {
        if (selection.isEmpty() && !bornLocked) {
            return lastFailure;
        }
        long start = System.nanoTime();
        if (strategy == Strategy.FUTURE && bornLocked) {
            libc.mlockall(FUTURE); // somebody's mlockall or munlockall may have dropped it; touches no mapping
        }
        boolean othersSetFuture = strategy == Strategy.RESCAN
                && !limit.isUnlimited()
                && parts.futureProbe().isBornLocked();
        Pass pass = parts.reconciler()
                .run(selection, new Terms(limit.effectiveBytes(), bornLocked || wasBornLocked, othersSetFuture));
        if (firstPassDone) {
            relockCount += pass.newlyLocked();
        }
        firstPassDone = true;
        LockFailure failure = pass.isComplete() ? null : failure(pass);
        LockState state = selection.isEmpty()
                ? LockState.UNLOCKED
                : failure == null
                        ? LockState.LOCKED
                        : pass.totalMissingBytes() >= pass.wantedBytes() ? LockState.FAILED : LockState.PARTIAL;
        return settle(state, pass, failure, System.nanoTime() - start);
    }

    private LockFailure failure(Pass pass) {
        if (pass.isOverMappingBudget()) {
            return Failures.tooManyMappings(pass, parts.reconciler().maxMappings());
        }
        if (pass.errno() != 0) {
            return Failures.call(pass, limit);
        }
        return Failures.doesNotFit(pass, limit, parts.chargedBytes());
    }

    /**
     * Gives back what we locked; what the application locked itself stays locked throughout.
     *
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized void unlock() throws IOException {
        if (bornLocked) {
            release();
        }
        selection = Selection.NOTHING;
        parts.reconciler().run(selection, new Terms(-1, true, false));
        strategy = null;
        settle(LockState.UNLOCKED, Pass.NONE, null, 0);
    }

    /** Ends MCL_FUTURE: the one case in which dropping it is the aim. Every mapping stays as locked as it is. */
    private void release() throws IOException {
        ApplicationLocks applicationLocks = parts.applicationLocks();
        applicationLocks.refresh();
        libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT);
        for (Mapping mapping : applicationLocks.all()) {
            libc.mlock(mapping.start(), mapping.length()); // on-fault became its flag too; give it back its own
        }
        bornLocked = false;
        wasBornLocked = true;
    }

    private LockFailure settle(LockState state, Pass pass, LockFailure failure, long nanos) {
        if (failure != null) {
            failureCount++;
            lastFailure = failure;
        }
        status = new LockStatus(
                options.modeText(),
                strategy,
                state,
                limit,
                selection.regions(),
                pass.wantedBytes(),
                pass.totalMissingBytes(),
                relockCount,
                failureCount,
                lastFailure,
                nanos);
        return failure;
    }
}
