// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Bytes;

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

    private static final long MOST_RESERVED = 16L << 20;

    private static final long LEAST_RESERVED = 64L << 10;

    /** Whether no limit applies: the limit is infinite, or the process has CAP_IPC_LOCK where it counts. */
    public boolean isUnlimited() {
        return probeErrno == 0;
    }

    /**
     * Whether only the capability makes it so. It goes when the process drops root, and the limit, which does not change,
     * applies from then on.
     */
    public boolean isByCapability() {
        return isUnlimited() && softBytes != UNLIMITED;
    }

    /** What counts: -1 if unlimited, otherwise the soft limit in bytes. */
    public long effectiveBytes() {
        return isUnlimited() ? UNLIMITED : softBytes;
    }

    /**
     * What of a limit is left to the application's own locks: an eighth and a little, at most 16 MiB, never more than a
     * quarter. Without the agent it had all of the limit for a key or a buffer.
     *
     * @param limitBytes a finite limit
     */
    private static long reserveBytes(long limitBytes) {
        return Math.min(Math.min(MOST_RESERVED, limitBytes / 8 + LEAST_RESERVED), limitBytes / 4);
    }

    /**
     * What of a limit may be locked, with the application's reserve left out.
     *
     * @param limitBytes a finite limit
     */
    public static long usableBytes(long limitBytes) {
        return limitBytes - reserveBytes(limitBytes);
    }

    /**
     * The limit that it takes to lock so much, and to leave the application its reserve.
     *
     * @param bytes of locked mappings
     */
    public static long toLock(long bytes) {
        if (bytes == 0) {
            return 0;
        }
        // One of the three terms of the reserve is the smallest, and that one decides.
        long limit = Math.min(bytes + MOST_RESERVED, (bytes + LEAST_RESERVED) / 7 * 8 + 8);
        return Math.min(limit, bytes / 3 * 4 + 4);
    }

    /**
     * The limits for a message.
     *
     * @return for example {@code RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB}
     */
    public String describe() {
        return softBytes == UNKNOWN_BYTES
                ? "RLIMIT_MEMLOCK unknown"
                : "RLIMIT_MEMLOCK soft " + Bytes.limit(softBytes) + ", hard " + Bytes.limit(hardBytes);
    }

    /** Whether it is 0, as far as is known. */
    public boolean mayBeZero() {
        return softBytes == 0 || softBytes == UNKNOWN_BYTES;
    }

    /** What a limit that {@link #mayBeZero} is, for a message. */
    public String ofZero() {
        return softBytes == 0 ? "the limit is 0" : "the limit is 0, or a seccomp filter refuses the call";
    }

    /** Whether the limits are the same, whatever follows from them. */
    boolean hasLimitsOf(LockLimit other) {
        return softBytes == other.softBytes && hardBytes == other.hardBytes;
    }
}
