// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.lock.Reconciler.Terms;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The lock on this process: takes it, keeps it, gives it back, and knows how far the promise is kept. All methods may be
 * called from any thread.
 */
public final class MemoryLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LockParts parts;
    private final LibC libc;
    private final Failures failures;
    private final List<String> notices = new ArrayList<>();

    private AgentOptions options;
    private Selection selection = Selection.NOTHING;
    private Strategy strategy;
    private LockLimit limit;
    private boolean bornLocked;
    private boolean wasBornLocked;
    private boolean firstPassDone;
    private long relockCount;
    private long failureCount;
    private long unlockedByOthers;
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
        this.failures = new Failures(parts);
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
     */
    public synchronized LockFailure start(AgentOptions wanted) {
        try {
            LockFailure failure = startLocking(wanted);
            if (!wanted.prefault().isEmpty() && !selection.isEmpty()) {
                reconcile(); // finds out where the regions are
                prefault(wanted, false);
            }
            return failure;
        } catch (IOException e) {
            return settle(
                    bornLocked ? LockState.PARTIAL : LockState.FAILED, Pass.NONE, failures.unreadable(e, limit), 0);
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
            LockFailure refused = failures.mlockall(libc.errno(), limit);
            if (wanted.strategy() == StrategyChoice.FUTURE) {
                return settle(LockState.FAILED, Pass.NONE, refused, 0);
            }
            strategy = Strategy.RESCAN;
            notices.add(refused.text("mlockall refused, locking piece by piece instead (strategy rescan)"));
            return reconcile();
        }
        bornLocked = true;
        // mlockall ignores what goes wrong with single mappings; the keeper's first pass probes each. Here only that
        // the kernel remembers MCL_FUTURE.
        LockFailure failure = parts.futureProbe().isBornLocked() ? null : failures.mlockall(Errno.EINVAL, limit);
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
        if (strategy == Strategy.FUTURE) {
            failure = bearLocked(failure);
        }
        parts.residency().swapIn(parts.reconciler().locked());
        prefault(wanted, true);
        return failure;
    }

    /** After what is there has been locked: sets MCL_FUTURE, which touches no mapping, and locks what came meanwhile. */
    private LockFailure bearLocked(LockFailure before) throws IOException {
        if (libc.mlockall(FUTURE) == 0) {
            bornLocked = true;
            return reconcile();
        }
        LockFailure refused = failures.mlockall(libc.errno(), limit);
        strategy = Strategy.RESCAN;
        if (options.strategy() == StrategyChoice.FUTURE) {
            return settle(LockState.PARTIAL, Pass.NONE, refused, 0);
        }
        notices.add(refused.text("mlockall refused, locking piece by piece instead (strategy rescan)"));
        status = status.with(strategy);
        return before;
    }

    /** What the operator should know though the state may be the same. Each is handed out once. */
    public synchronized List<String> takeNotices() {
        List<String> taken = List.copyOf(notices);
        notices.clear();
        return taken;
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
        parts.calls().onFault(limit.hasOnFault());
        boolean future = limit.isUnlimited() && limit.hasOnFault() && wanted.strategy() != StrategyChoice.RESCAN;
        strategy = selection.isEmpty() ? null : future ? Strategy.FUTURE : Strategy.RESCAN;
        if (!limit.hasOnFault() && limit.isUnlimited() && !selection.isEmpty()) {
            notices.add(failures.populates(limit));
        }
    }

    private LockFailure refuseFuture() {
        selection = Selection.NOTHING;
        return settle(LockState.FAILED, Pass.NONE, failures.futureUnderLimit(limit), 0);
    }

    /**
     * One pass of the keeper.
     *
     * @return null if the promise is kept, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure reconcile() throws IOException {
        if (selection.isEmpty() && !bornLocked) {
            return status.state() == LockState.FAILED ? lastFailure : null;
        }
        try {
            return compareAndRepair();
        } catch (IOException e) {
            LockState known =
                    status == null || status.state() == LockState.FAILED ? LockState.FAILED : LockState.PARTIAL;
            settle(known, Pass.NONE, failures.unreadable(e, limit), 0);
            throw e;
        }
    }

    private LockFailure compareAndRepair() throws IOException {
        long start = System.nanoTime();
        boolean raised = firstPassDone && watchLimit();
        if (strategy == Strategy.FUTURE && bornLocked) {
            libc.mlockall(FUTURE); // somebody's mlockall or munlockall may have dropped it; touches no mapping
        }
        boolean othersSetFuture = strategy == Strategy.RESCAN
                && !limit.isUnlimited()
                && parts.futureProbe().isBornLocked();
        Pass pass = parts.reconciler()
                .run(selection, new Terms(limit.effectiveBytes(), bornLocked || wasBornLocked, othersSetFuture));
        if (pass.mappings() == 0) {
            throw new IOException("/proc/self/maps is empty"); // everything of nothing would count as locked
        }
        if (firstPassDone) {
            relockCount += pass.newlyLocked();
            if (bornLocked && pass.newlyLocked() > 0) {
                noticeUnlocked(pass);
            }
        }
        firstPassDone = true;
        LockFailure failure = pass.isComplete() ? zgcFailure(pass) : failure(pass);
        LockState state = selection.isEmpty()
                ? LockState.UNLOCKED
                : failure == null
                        ? LockState.LOCKED
                        : pass.wantedBytes() > 0 && pass.totalMissingBytes() >= pass.wantedBytes()
                                ? LockState.FAILED
                                : LockState.PARTIAL;
        settle(state, pass, failure, System.nanoTime() - start);
        return raised ? bearLocked(failure) : failure;
    }

    /** Mappings are born locked, so somebody else must have unlocked these. Says so ever more rarely. */
    private void noticeUnlocked(Pass pass) {
        unlockedByOthers++;
        if (Long.bitCount(unlockedByOthers) == 1) {
            notices.add(
                    "another party in this JVM unlocked memory (munlock, munlockall or mlockall without MCL_FUTURE):"
                            + " locked " + pass.newlyLocked() + " segments again; " + unlockedByOthers
                            + (unlockedByOthers == 1 ? " time" : " times") + " so far");
        }
    }

    /** Its locks do not hold under rescan, however complete they look at this moment. */
    private LockFailure zgcFailure(Pass pass) {
        return strategy == Strategy.RESCAN
                        && selection.contains(Region.HEAP)
                        && parts.reconciler().isHeapRemapped()
                ? failures.zgcUnderRescan(pass, limit, parts.chargedBytes())
                : null;
    }

    /**
     * Looks whether the limit has changed. If it came down, MCL_FUTURE has to go at once: the JVM would die at its next
     * commit.
     *
     * @return whether locking has become unlimited, so that MCL_FUTURE can be set when everything is locked
     */
    private boolean watchLimit() throws IOException {
        LockLimit before = limit;
        limit = before.again(libc);
        if (bornLocked && !limit.isUnlimited()) {
            dropFuture();
            notices.add(failures.limitShrank(limit).text("the limit on locked memory shrank"));
        }
        boolean raised = strategy == Strategy.RESCAN && limit.isUnlimited() && !before.isUnlimited();
        if (!raised || options.strategy() == StrategyChoice.RESCAN || !limit.hasOnFault()) {
            return false;
        }
        notices.add(
                "the limit on locked memory was lifted: new mappings are born locked from now on (strategy future)");
        strategy = Strategy.FUTURE;
        return true;
    }

    /** Under a limit {@code mlockall(MCL_CURRENT)} is refused, and munlockall is the only way to end MCL_FUTURE. */
    private void dropFuture() throws IOException {
        ApplicationLocks applicationLocks = parts.applicationLocks();
        try {
            applicationLocks.refresh();
        } finally {
            libc.munlockall();
            for (Mapping mapping : applicationLocks.all()) {
                libc.mlock(mapping.start(), mapping.length());
            }
            bornLocked = false;
            wasBornLocked = true;
            strategy = Strategy.RESCAN;
        }
    }

    private LockFailure failure(Pass pass) {
        if (pass.isOverMappingBudget()) {
            return failures.tooManyMappings(pass, parts.reconciler().maxMappings());
        }
        if (pass.errno() != 0) {
            return failures.call(
                    pass, limit, parts.chargedBytes(), parts.reconciler().maxMappings());
        }
        return failures.doesNotFit(pass, limit, parts.chargedBytes());
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
        if (libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT) != 0) {
            libc.munlockall(); // the limit came down meanwhile; MCL_FUTURE must not stay
        }
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
