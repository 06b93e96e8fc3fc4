// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Selection;
import io.memlock.reconcile.PassResult;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import io.memlock.state.Verification;

/** Settles what is known of the lock after each step, counts, and publishes it. */
final class Ledger {

    private final Plan plan;
    private final OwnProcess process;

    private long relockCount;

    /** How many relocked segments were told in an outcome. */
    private long toldRelockCount;

    private long failureCount;
    private LockFailure lastFailure;
    private boolean hasFailedCalls;
    private volatile long periodNanos;
    private volatile LockStatus status;

    /** Knows nothing until something is settled. */
    Ledger(Plan plan, OwnProcess process) {
        this.plan = plan;
        this.process = process;
    }

    /** Returns what is known now, null before the first lock. This is free, and waits for nobody. */
    LockStatus status() {
        LockStatus last = status;
        return last == null ? null : last.asOf(process.nanoTime(), periodNanos);
    }

    /** Returns until when the state can be believed, as {@link MemoryLock#goodUntilNanos} does. */
    long goodUntilNanos() {
        LockStatus last = status;
        return last.ages() ? last.verified().goodUntilNanos(periodNanos) : Long.MAX_VALUE;
    }

    /** Takes the keeper's intention, as {@link MemoryLock#intendsToLookEvery} does. */
    void intendsToLookEvery(long nanos) {
        periodNanos = nanos;
    }

    /** Returns why the promise is not kept, or was not when it was last broken; null if it never was. */
    LockFailure lastFailure() {
        return lastFailure;
    }

    /** Returns the state as last settled, null before the first time. */
    LockState state() {
        return status == null ? null : status.state();
    }

    /**
     * Counts what a pass did.
     *
     * @param keeps whether one before it had locked what there was then
     */
    void count(PassResult pass, boolean keeps) {
        hasFailedCalls = pass.errno() != 0;
        if (keeps) {
            relockCount += pass.newlyLocked();
        }
    }

    /**
     * Settles how far the promise is kept after a pass.
     *
     * @param failure why it is not; null if it is
     * @return the failure
     */
    LockFailure settle(PassResult pass, LockFailure failure) {
        return settle(stateAfter(pass, failure), failure);
    }

    static LockState stateAfter(PassResult pass, LockFailure failure) {
        if (failure == null) {
            return LockState.LOCKED;
        }
        return pass.isNothingLocked() ? LockState.FAILED : LockState.PARTIAL;
    }

    /**
     * Settles how far the promise is kept after something else than a pass.
     *
     * @return the failure
     */
    LockFailure settle(LockState state, LockFailure failure) {
        return settle(state, failure, new Verification(process.nanoTime()));
    }

    /**
     * Settles what is known after a look that failed: it verified nothing.
     *
     * @return the failure
     */
    LockFailure settleUnverified(LockState state, LockFailure failure) {
        return settle(state, failure, status == null ? null : status.verified());
    }

    private LockFailure settle(LockState state, LockFailure failure, Verification verified) {
        if (failure != null) {
            failureCount++;
            lastFailure = failure;
        }
        boolean isAsked = state != LockState.UNLOCKED && !plan.isGivingBack();
        status = new LockStatus(
                isAsked ? plan.options().selection() : Selection.NOTHING,
                plan.selection().isEmpty() ? null : plan.strategy(),
                state,
                plan.limit(),
                plan.selection().regions(),
                relockCount,
                failureCount,
                lastFailure,
                verified);
        return failure;
    }

    /** Publishes a strategy that has changed since the last pass was settled. */
    void settleStrategy() {
        status = status.with(plan.strategy());
    }

    /** Makes an {@link Outcome} of what is known now. */
    Outcome outcome(LockFailure failure, String swapInRefusal, String prefaultRefusal) {
        return outcome(true, failure, swapInRefusal, prefaultRefusal);
    }

    /** Makes an {@link Outcome} of a change that was refused, and changed nothing. */
    Outcome refused(LockFailure why) {
        return outcome(false, why, null, null);
    }

    private Outcome outcome(boolean isTaken, LockFailure failure, String swapInRefusal, String prefaultRefusal) {
        long relocked = relockCount - toldRelockCount;
        toldRelockCount = relockCount;
        return new Outcome(
                isTaken,
                status,
                failure,
                relocked,
                hasFailedCalls,
                swapInRefusal,
                prefaultRefusal,
                plan.notices().take());
    }
}
