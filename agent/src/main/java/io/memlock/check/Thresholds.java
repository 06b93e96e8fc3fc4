// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.LockSummary;
import io.memlock.jvms.PublishedLock;

/**
 * The bounds by which JVMs are judged.
 *
 * @param coverage of what is partly locked, from 0 to 1; null if that is a warning whatever
 *     it is, or not known where nobody tells what should be locked. Where the agent's state is worse than its share, a warning
 *     is the least
 * @param swapped bytes that are swapped out; null if any are a warning
 * @param age seconds since the lock was verified; null if an agent that has not done so for some intervals is not known
 */
public record Thresholds(Threshold coverage, Threshold swapped, Threshold age) {

    /**
     * Judges what was seen of a JVM: the worst counts.
     *
     * @param isSelectionKnown false if an agent runs in it that does not tell what should be locked
     */
    Level judge(JvmMemory memory, PublishedLock published, LockSummary summary, boolean isSelectionKnown) {
        return lock(memory, published, summary, isSelectionKnown)
                .or(swapped(memory))
                .or(age(memory, published));
    }

    private Level lock(JvmMemory memory, PublishedLock published, LockSummary summary, boolean isSelectionKnown) {
        return switch (summary.lock()) {
            case LOCKED -> Level.OK;
            case PARTLY_LOCKED ->
                coverage == null
                        ? isSelectionKnown ? Level.WARNING : Level.UNKNOWN
                        : coverage.ofLeast(published.coverage(memory))
                                .or(published.isWorseThanItsShare(memory) ? Level.WARNING : Level.OK);
            case NOT_LOCKED -> Level.CRITICAL;
            case NOT_MEASURED, NOT_VERIFIED -> Level.UNKNOWN;
        };
    }

    /** Judges the swap. Kernels without swap tell of none. */
    private Level swapped(JvmMemory memory) {
        Threshold bounds = swapped == null ? Threshold.NONE_SWAPPED : swapped;
        return bounds.ofMost((double) Math.max(0, memory.swappedBytes()));
    }

    /**
     * Judges by the age of the agent's last look; by that of ours where there is no agent, or it has selected nothing and so
     * verifies nothing.
     */
    private Level age(JvmMemory memory, PublishedLock published) {
        if (age == null) {
            return Level.OK;
        }
        long seconds = published.regions().isEmpty() ? memory.ageSeconds() : published.verifiedAgeSeconds();
        return age.ofMost((double) seconds);
    }
}
