// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.log.Bytes;

/**
 * How much may be locked, as {@link LimitProbe} found it.
 *
 * @param softBytes {@code RLIMIT_MEMLOCK}, soft; -1 unlimited, {@link #UNKNOWN_BYTES} if the kernel did not tell
 * @param hardBytes {@code RLIMIT_MEMLOCK}, hard; likewise
 * @param probeErrno 0 if no limit applies to this process; otherwise what the kernel answered when more than the limit was
 *     tried
 * @param hasCapability whether {@code CAP_IPC_LOCK} is in the effective set, where it may still count for nothing
 */
public record LockLimit(long softBytes, long hardBytes, int probeErrno, boolean hasCapability) {

    /** A limit that the kernel did not tell: then each call has to show what it is. */
    static final long UNKNOWN_BYTES = Long.MAX_VALUE;

    private static final long UNLIMITED = -1;

    /** Whether no limit applies: the limit is infinite, or the process has CAP_IPC_LOCK where it counts. */
    public boolean isUnlimited() {
        return probeErrno == 0;
    }

    /**
     * Whether only the capability makes it so. It goes when the process drops root, and the limit, which does not change,
     * applies from then on.
     */
    boolean isByCapability() {
        return isUnlimited() && softBytes != UNLIMITED;
    }

    /** What counts: -1 if unlimited, otherwise the soft limit in bytes. */
    public long effectiveBytes() {
        return isUnlimited() ? UNLIMITED : softBytes;
    }

    /**
     * The limits for a message.
     *
     * @return for example {@code RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB}
     */
    public String describe() {
        return softBytes == UNKNOWN_BYTES
                ? "RLIMIT_MEMLOCK unknown"
                : "RLIMIT_MEMLOCK soft " + Bytes.text(softBytes) + ", hard " + Bytes.text(hardBytes);
    }

    /** Whether the limits are the same, whatever follows from them. */
    boolean hasLimitsOf(LockLimit other) {
        return softBytes == other.softBytes && hardBytes == other.hardBytes;
    }
}
