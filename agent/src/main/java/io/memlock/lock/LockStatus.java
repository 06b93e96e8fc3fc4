// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import java.util.List;

/**
 * What is known of the lock at one moment. Costs nothing to read: numbers that change by the second are read from {@code
 * /proc} by whoever shows them.
 *
 * @param mode the selection in the option's syntax
 * @param strategy how new mappings are locked; null while nothing is selected
 * @param state how far the promise is kept
 * @param limit the limits as found at start
 * @param regions the regions that should be locked
 * @param wantedBytes length of all mappings that should be locked
 * @param missingBytes of that, what is not
 * @param relockCount segments the keeper had to lock after the first time
 * @param failureCount passes that ended with something missing
 * @param lastFailure why the promise is not kept, or was not when it was last broken; null if it never was
 * @param lastPassNanos how long the last look at the mappings took
 */
public record LockStatus(
        String mode,
        Strategy strategy,
        LockState state,
        LockLimit limit,
        List<Region> regions,
        long wantedBytes,
        long missingBytes,
        long relockCount,
        long failureCount,
        LockFailure lastFailure,
        long lastPassNanos) {

    /**
     * Mode and strategy for a message.
     *
     * @return for example {@code mode=all, on-fault, future}
     */
    public String describe() {
        return "mode=" + mode + (strategy == null ? "" : ", on-fault, " + strategy.optionName());
    }

    /** The same with another strategy. */
    LockStatus with(Strategy other) {
        return new LockStatus(
                mode,
                other,
                state,
                limit,
                regions,
                wantedBytes,
                missingBytes,
                relockCount,
                failureCount,
                lastFailure,
                lastPassNanos);
    }
}
