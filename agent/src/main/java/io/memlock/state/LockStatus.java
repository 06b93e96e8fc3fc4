// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

import io.memlock.calls.LockLimit;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.List;

/**
 * Holds what is known of the lock at one moment. State, selection, strategy, reason and age come from here, wherever
 * they are shown. Reading it costs nothing. Numbers that change every second are read from {@code /proc} when they are
 * shown.
 *
 * @param asked what the user wants locked
 * @param strategy how new mappings are locked; null while nothing is selected
 * @param state how far the promise is kept
 * @param limit how much may be locked, as last found out before this was settled
 * @param regions the regions that should be locked: none of what was asked for where that was refused
 * @param relockCount parts of mappings the keeper had to lock after the first time
 * @param failureCount passes that ended with something missing
 * @param lastFailure why the promise is not kept, or was not when it was last broken; null if it never was
 * @param verified when this was last found to be so; null if it never was
 */
public record LockStatus(
        Selection asked,
        Strategy strategy,
        LockState state,
        LockLimit limit,
        List<Region> regions,
        long relockCount,
        long failureCount,
        LockFailure lastFailure,
        Verification verified) {

    /**
     * Describes mode, exclusions and strategy for a message.
     *
     * @return for example {@code mode=all,exclude=mapped, on-fault, future}
     */
    public String describe() {
        return "mode=" + asked.modeText()
                + (asked.excluded().isEmpty() ? "" : ",exclude=" + asked.excludeText())
                + (asked.files().isEmpty() ? "" : ",mapped=" + asked.filesText())
                + (strategy == null ? "" : ", on-fault, " + strategy.optionName());
    }

    /**
     * Returns how old the verification is.
     *
     * @return milliseconds, -1 if there was none
     */
    public long verifiedAgeMillis(long nowNanos) {
        return verified == null ? -1 : (nowNanos - verified.nanos()) / 1_000_000;
    }

    /** Returns whether there is something that could come undone. */
    public boolean ages() {
        return verified != null && !regions.isEmpty();
    }

    /**
     * Returns the status at some moment: unknown if it was not verified for too long.
     *
     * @param periodNanos the time between two looks that the keeper intends
     */
    public LockStatus asOf(long nowNanos, long periodNanos) {
        if (!ages() || state == LockState.UNKNOWN || !verified.isStaleAt(nowNanos, periodNanos)) {
            return this;
        }
        LockFailure failure = LockFailure.notVerified((nowNanos - verified.nanos()) / 1_000_000_000L, state);
        return with(LockState.UNKNOWN, strategy, failure);
    }

    public LockStatus with(Strategy other) {
        return with(state, other, lastFailure);
    }

    private LockStatus with(LockState otherState, Strategy otherStrategy, LockFailure failure) {
        return new LockStatus(
                asked, otherStrategy, otherState, limit, regions, relockCount, failureCount, failure, verified);
    }
}
