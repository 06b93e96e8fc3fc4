// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.memory.Region;
import java.util.Map;

/**
 * Holds what one pass found and did.
 *
 * @param mappings mappings of the process
 * @param wantedBytes length of all that should be locked
 * @param missingBytes length of what should be locked and is not, by region; empty if the promise is kept
 * @param newlyLocked segments that had to be locked
 * @param lost how many of the newly locked segments were locked after the last pass and are mapped as they were, though
 * new mappings have been born locked since
 * @param unlocked segments that had to be unlocked
 * @param errno why something is missing, or could not be unlocked: 0 if nothing is, or if only the limit is in the way
 * @param isOverMappingBudget whether something was left unlocked because locking it would use up the mappings the
 * kernel allows
 */
public record PassResult(
        int mappings,
        long wantedBytes,
        Map<Region, Long> missingBytes,
        int newlyLocked,
        int lost,
        int unlocked,
        int errno,
        boolean isOverMappingBudget) {

    /** The result before the first pass. */
    public static final PassResult NONE = new PassResult(0, 0, Map.of(), 0, 0, 0, 0, false);

    /** Returns what this pass and an earlier one, which it followed at once, found and did together. */
    PassResult after(PassResult earlier) {
        return new PassResult(
                mappings,
                wantedBytes,
                missingBytes,
                earlier.newlyLocked + newlyLocked,
                earlier.lost + lost,
                earlier.unlocked + unlocked,
                errno,
                isOverMappingBudget);
    }

    public boolean isComplete() {
        return missingBytes.isEmpty();
    }

    /** Returns whether nothing is locked of all that should be. */
    public boolean isNothingLocked() {
        return wantedBytes > 0 && totalMissingBytes() >= wantedBytes;
    }

    public long totalMissingBytes() {
        long total = 0;
        for (long bytes : missingBytes.values()) {
            total += bytes;
        }
        return total;
    }
}
