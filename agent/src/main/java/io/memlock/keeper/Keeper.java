// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.options.CurrentOptions;
import io.memlock.os.ThreadCpuTime;
import io.memlock.state.LockState;
import io.memlock.state.Strategy;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps memory locked while the JVM runs. On its own thread it makes a pass once an interval, and when memory may have
 * grown. The cost of its passes sets their pace. No failure of a pass ends it.
 */
final class Keeper {

    /** Delay where growth does not matter: the reporter may have died, or the options may have changed. */
    private static final long CALM_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Passes once a period may take 1 % of a CPU; of a JVM with 250 mappings they take a hundredth of that. */
    private static final long PERIODIC_SHARE = 100;

    /**
     * Passes because memory has grown, or after one that found some unlocked or in which a call failed, may take 10 %: the
     * promise is at stake.
     */
    private static final long WOKEN_SHARE = 10;

    /** CPU time that can be saved up: enough for a JVM that starts, while the code of a pass is still interpreted. */
    private static final long PERIODIC_BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** CPU time that can be saved up: enough for a JVM that grows. */
    private static final long WOKEN_BURST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long MIRROR_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Delay of the first pass, which loads most classes: a starting JVM is left alone. */
    private static final long FIRST_PASS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final MemoryLock lock;
    private final ProcessView process;
    private final Log log;
    private final StateAnnouncer announcer;
    private final CurrentOptions options;
    private final Growth.Source growth;
    private final ThreadCpuTime cpu;
    private final Troubles troubles;

    private final CpuAllowance periodic = new CpuAllowance(PERIODIC_SHARE, PERIODIC_BURST_NANOS, System.nanoTime());
    private final CpuAllowance woken = new CpuAllowance(WOKEN_SHARE, WOKEN_BURST_NANOS, System.nanoTime());
    private final CpuAllowance readingBack = new CpuAllowance(WOKEN_SHARE, WOKEN_BURST_NANOS, System.nanoTime());
    private final CpuAllowance mirroring = new CpuAllowance(WOKEN_SHARE, WOKEN_BURST_NANOS, System.nanoTime());

    private long lastPassEnd;

    /** The period by which the lock judges how old its verification is. */
    private long toldPeriodNanos;

    private long lastGrowth = System.nanoTime();
    private boolean lastPassLocked;
    private boolean lastPassFailedCalls;

    /** Whether something may have grown since the last pass. Mostly nothing has: the next pass is an early periodic one. */
    private boolean mayHaveGrown;

    private boolean hasGrown;

    /** Whether the next pass is due because what has been born locked could fill the room that is left. */
    private boolean isUrgent;

    /** Whether the last pass left something for the next, which is due at once then. */
    private boolean isMoreToDo;

    /** Whether something in swap can be read back after the next pass, which is due once that may take time again. */
    private boolean isMoreToReadBack;

    private boolean hasPassed;
    private boolean hasNoted;
    private volatile boolean isOver;

    /**
     * Makes a keeper; {@link #run} is its life.
     *
     * @param options its period, at any moment
     */
    Keeper(
            MemoryLock lock,
            ProcessView process,
            Log log,
            StateAnnouncer announcer,
            CurrentOptions options,
            Growth.Source growth,
            ThreadCpuTime cpu) {
        this.lock = lock;
        this.process = process;
        this.log = log;
        this.announcer = announcer;
        this.options = options;
        this.growth = growth;
        this.cpu = cpu;
        this.troubles = new Troubles("keeper", log);
        tellPeriod(0);
    }

    /**
     * Reconciles until the JVM ends.
     *
     * @param revival called about once a second
     */
    void run(Runnable revival) {
        long begin = System.nanoTime();
        // If a thread before this one has ended, it may have been in a pass.
        lastPassEnd = begin - periodNanos() + (hasPassed ? 0 : FIRST_PASS_NANOS);
        while (!isOver) {
            try {
                Thread.interrupted(); // otherwise no pause would last
                revive(revival);
                long now = System.nanoTime();
                isUrgent = lock.isPassDue(now);
                if (!isUrgent && !hasPassed && !mayBegin(begin)) {
                    LockSupport.parkNanos(Math.min(Growth.SOONEST_LOOK_NANOS, lock.nanosToNextLook(now)));
                    continue;
                }
                CpuAllowance allowance = isUrgent ? periodic : rest();
                if (allowance != null) {
                    pass(allowance);
                    isMoreToReadBack = readBack();
                    isMoreToDo = mirrorHeap();
                }
            } catch (Throwable e) { // an OutOfMemoryError the application survives, too
                troubles.goOnAfter(e);
            }
        }
    }

    /** Returns whether there is room for the classes of a pass. The wait for metaspace has no end: it mostly stays full. */
    private boolean mayBegin(long begin) {
        return process.hasMetaspaceRoom() && (process.hasHeapRoom() || HeapRoom.isOverdue(begin));
    }

    /** Sees to the other threads beside passes. An error there delays no pass. */
    private void revive(Runnable revival) {
        try {
            revival.run();
        } catch (Throwable e) {
            troubles.goOnAfter(e);
        }
    }

    /** Ends {@link #run} soon. */
    void end() {
        isOver = true;
    }

    /**
     * Waits for a moment, at most until something is due.
     *
     * @return which allowance the next pass is at the expense of; null if none is due yet
     */
    private CpuAllowance rest() {
        long begin = System.nanoTime();
        boolean isListening = lock.status().strategy() == Strategy.RESCAN;
        while (!isOver) {
            if (isListening) {
                listen();
            }
            Thread.interrupted();
            long now = System.nanoTime();
            isUrgent = lock.isPassDue(now);
            if (isUrgent) {
                return periodic;
            }
            // While passes find what is unlocked or cannot do all, what it costs to keep the promise is well spent.
            boolean isAtStake = lastPassFailedCalls || (isListening && (lastPassLocked || hasGrown));
            CpuAllowance allowance = isAtStake ? woken : periodic;
            boolean isDue = mayHaveGrown || hasGrown || isMoreToDo;
            long toNext = isDue ? 0 : periodNanos() - (now - lastPassEnd);
            if (isMoreToReadBack) {
                toNext = Math.min(toNext, readingBack.restNanos(now));
            }
            long left = Math.max(toNext, allowance.restNanos(now));
            if (left <= 0) {
                return allowance;
            }
            if (periodNanos() != toldPeriodNanos) { // other options: the next pass waits by them, too
                tellPeriod(now + left - lastPassEnd);
            }
            if (now - begin >= CALM_LOOK_NANOS) {
                return null;
            }
            long rest = Math.min(left, isListening ? Growth.nanosToNextLook(now - lastGrowth) : CALM_LOOK_NANOS);
            LockSupport.parkNanos(Math.min(rest, lock.nanosToNextLook(now)));
        }
        return null;
    }

    private void listen() {
        lockGrownHeap();
        switch (growth.look()) {
            case CERTAIN -> {
                lastGrowth = System.nanoTime();
                hasGrown = true;
            }
            case POSSIBLE -> mayHaveGrown = true;
            case NONE -> {}
        }
    }

    /** Locks what the heap has grown by before it can be swapped out, as far as the allowance goes. A pass tells what it was. */
    private void lockGrownHeap() {
        if (!hasPassed || !lock.hasHeapGrown()) {
            return;
        }
        lastGrowth = System.nanoTime();
        if (woken.restNanos(lastGrowth) > 0) {
            return;
        }
        long start = cpu.nanos();
        lock.lockGrownHeap();
        woken.spend(cpu.since(start));
    }

    /**
     * Returns the time between passes: a second at most for ZGC, as what is not mirrored when ZGC unmaps it can be swapped
     * out.
     */
    private long periodNanos() {
        long interval = TimeUnit.MILLISECONDS.toNanos(options.get().intervalMillis());
        return !hasPassed || lock.zgcMirror().exists() ? Math.min(interval, MIRROR_NANOS) : interval;
    }

    /**
     * Tells the lock how far two passes lie apart.
     *
     * @param leastNanos how far at least
     */
    private void tellPeriod(long leastNanos) {
        toldPeriodNanos = periodNanos();
        lock.intendsToLookEvery(Math.max(toldPeriodNanos, leastNanos));
    }

    private void pass(CpuAllowance allowance) throws IOException {
        long start = cpu.nanos();
        boolean mayHaveChanged = isUrgent || mayHaveGrown || hasGrown || allowance == woken;
        boolean hasLooked = false;
        Outcome outcome;
        mayHaveGrown = false; // what happens from here on asks for another pass
        hasGrown = false;
        try {
            outcome = mayHaveChanged ? lock.reconcileAfterChange() : lock.reconcile();
            hasLooked = true;
            hasPassed = true;
            lastPassLocked = outcome.relocked() > 0;
            lastPassFailedCalls = outcome.hasFailedCalls();
            if (lastPassLocked) {
                lastGrowth = System.nanoTime();
            }
        } finally {
            mayHaveGrown |= mayHaveChanged && !hasLooked;
            lastPassEnd = System.nanoTime();
            if (!isUrgent) { // what keeps the JVM from being killed waits for no allowance
                allowance.spend(cpu.since(start));
            }
            tellPeriod(allowance.restNanos(lastPassEnd));
            announce();
        }
        outcome.notices().forEach(log::warn);
        noteOnce(outcome.status().state());
    }

    /** Says what has changed. Whatever keeps that from being said delays nothing else; the next pass says it, or the reporter. */
    private void announce() {
        try {
            announcer.announce();
        } catch (Throwable e) {
            troubles.goOnAfter(e);
        }
    }

    /** Reads back a part of what is in swap after each pass. Returns whether there is more. */
    private boolean readBack() throws IOException {
        if (readingBack.restNanos(System.nanoTime()) > 0) {
            return isMoreToReadBack;
        }
        long start = cpu.nanos();
        boolean isMore = lock.readBack();
        readingBack.spend(cpu.since(start));
        return isMore;
    }

    /** Mirrors a part of ZGC's heap after each pass. Returns whether there is more. */
    private boolean mirrorHeap() throws IOException {
        if (mirroring.restNanos(System.nanoTime()) > 0) {
            return false;
        }
        long start = cpu.nanos();
        boolean isMore = lock.populateMirror();
        mirroring.spend(cpu.since(start));
        return isMore;
    }

    private void noteOnce(LockState state) throws IOException {
        if (hasNoted || !state.locksSomething()) {
            return;
        }
        hasNoted = true;
        String note = process.swapNote();
        if (note != null) {
            log.info(note);
        }
    }
}
