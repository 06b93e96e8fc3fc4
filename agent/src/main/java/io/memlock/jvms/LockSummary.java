// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.Bytes;
import io.memlock.state.LockState;

/**
 * A summary of how much of a JVM is locked.
 *
 * @param lock how much of it is locked
 * @param isSwapped whether some of it is swapped out
 * @param text both for people
 */
public record LockSummary(Lock lock, boolean isSwapped, String text) {

    /** Locked of resident bytes that passes for all: the kernel's own mappings in a process are never locked. */
    static final double ALL = 0.995;

    /** The degree to which a JVM is locked. Names are those of the JSON, in lower case with {@code -}. */
    public enum Lock {
        LOCKED,
        PARTLY_LOCKED,
        NOT_LOCKED,
        /** Something is locked, but how much was not measured. */
        NOT_MEASURED,
        /** The agent in it has not verified the lock for longer than a few intervals. */
        NOT_VERIFIED;

        /** Returns the name in JSON, for example {@code partly-locked}. */
        public String jsonName() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Summarises what was seen: of what the agent in the JVM says is selected, where the kernel bears it out; otherwise
     * of everything. Where the agent says that it has failed, what is locked is the application's.
     */
    public static LockSummary on(JvmMemory memory, PublishedLock published) {
        boolean isOfSelection = published.isBorneOutBy(memory) || published.isStateAlone(memory);
        boolean isOfAgent = isOfSelection || published.state() == LockState.FAILED;
        Lock lock = isOfAgent ? lock(published) : lock(memory);
        String text =
                switch (lock) {
                    case LOCKED -> "locked" + (isOfSelection ? published.exceptions() : "");
                    case PARTLY_LOCKED -> "partly locked" + share(memory, published);
                    case NOT_LOCKED -> "not locked";
                    case NOT_MEASURED -> "locks something (--exact measures)";
                    case NOT_VERIFIED -> "not verified by its agent" + since(published.verifiedAgeSeconds());
                };
        boolean swapped = memory.swappedBytes() > 0;
        return new LockSummary(
                lock, swapped, swapped ? text + ", swapped out " + Bytes.text(memory.swappedBytes()) : text);
    }

    private static String share(JvmMemory memory, PublishedLock published) {
        double share = published.coverage(memory);
        return share < 0 || share >= 1 ? "" : " " + Numbers.percent(share); // partly locked 100 % would say nothing
    }

    private static String since(long ageSeconds) {
        return ageSeconds < 0 ? "" : " for " + ageSeconds + " s";
    }

    /** Judges by the state alone: it has been verified since the scan that the bytes come from. */
    private static Lock lock(PublishedLock published) {
        return switch (published.state()) {
            case LOCKED -> Lock.LOCKED;
            case PARTIAL -> Lock.PARTLY_LOCKED;
            case FAILED, UNLOCKED -> Lock.NOT_LOCKED;
            case UNKNOWN -> Lock.NOT_VERIFIED;
        };
    }

    private static Lock lock(JvmMemory memory) {
        if (memory.lockedBytes() < 0) {
            return Lock.NOT_MEASURED;
        }
        if (memory.lockedBytes() == 0) {
            return Lock.NOT_LOCKED;
        }
        return memory.coverage() >= ALL ? Lock.LOCKED : Lock.PARTLY_LOCKED;
    }
}
