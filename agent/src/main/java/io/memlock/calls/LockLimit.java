// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Bytes;

/**
 * Holds how much may be locked, as {@link LimitProbe} found it.
 *
 * @param softBytes {@code RLIMIT_MEMLOCK}, soft; -1 if nothing reaches it, {@link #UNKNOWN_BYTES} if the kernel did not tell
 * @param hardBytes {@code RLIMIT_MEMLOCK}, hard, as the kernel has it; -1 unlimited, {@link #UNKNOWN_BYTES} if the kernel did not tell
 * @param probeErrno 0 if no limit applies to this process; otherwise what the kernel answered when more than the limit was
 *     tried
 * @param hasCapability whether {@code CAP_IPC_LOCK} is in the effective set, where it may still count for nothing
 */
public record LockLimit(long softBytes, long hardBytes, int probeErrno, boolean hasCapability) {

    /** The limit where the kernel did not tell. Then each call has to show what it is. */
    static final long UNKNOWN_BYTES = Long.MAX_VALUE;

    private static final long UNLIMITED = -1;

    /**
     * A length that is larger than any finite limit that can bite, and overflows behind no address. A limit of so much counts
     * as infinite: {@link LimitProbe} tries to lock that, and could not tell such a limit from the capability.
     */
    static final long MORE_THAN_ANY_BYTES = 1L << 62;

    private static final long MOST_RESERVED = 16L << 20;

    private static final long LEAST_RESERVED = 64L << 10;

    /** Returns a limit as the kernel has it, or -1 if nothing reaches it. */
    static long orUnlimited(long bytes) {
        return Long.compareUnsigned(bytes, MORE_THAN_ANY_BYTES) >= 0 ? UNLIMITED : bytes;
    }

    /** Returns whether no limit applies: the limit is infinite, or the process has CAP_IPC_LOCK where it counts. */
    public boolean isUnlimited() {
        return probeErrno == 0;
    }

    /**
     * Returns whether only the capability makes locking unlimited. It goes when the process drops root, and the limit, which
     * does not change, applies from then on.
     */
    public boolean isByCapability() {
        return isUnlimited() && softBytes != UNLIMITED;
    }

    /** Returns whether it is known what may be locked. A seccomp filter may refuse the question. */
    public boolean isKnown() {
        return isUnlimited() || softBytes != UNKNOWN_BYTES;
    }

    /** Returns the limit that applies, for a message: {@code unlimited}, {@code unknown}, or for example {@code 8.0 MiB}. */
    public String text() {
        return isKnown() ? Bytes.limit(effectiveBytes()) : "unknown";
    }

    /**
     * Returns the limit that applies: -1 if there is none, otherwise the soft limit in bytes, which is {@link Long#MAX_VALUE}
     * where it is not known.
     */
    public long effectiveBytes() {
        return isUnlimited() ? UNLIMITED : softBytes;
    }

    /**
     * Returns whether so much is more than may be locked.
     *
     * @param bytes of locked mappings
     */
    public boolean isExceededBy(long bytes) {
        return !isUnlimited() && bytes > softBytes;
    }

    /**
     * Returns how much of a limit is left to the application's own locks: an eighth and a little, at most 16 MiB, never more
     * than a quarter. Without the agent it had all of the limit for a key or a buffer.
     *
     * @param limitBytes a finite limit
     */
    private static long reserveBytes(long limitBytes) {
        return Math.min(Math.min(MOST_RESERVED, limitBytes / 8 + LEAST_RESERVED), limitBytes / 4);
    }

    /**
     * Returns how much of a limit may be locked beside the application's reserve.
     *
     * @param limitBytes a finite limit
     */
    public static long usableBytes(long limitBytes) {
        return limitBytes - reserveBytes(limitBytes);
    }

    /**
     * Returns the limit that it takes to lock some bytes and to leave the application its reserve.
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
     * Describes the limits for a message.
     *
     * @return for example {@code RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB}
     */
    public String describe() {
        return softBytes == UNKNOWN_BYTES
                ? "RLIMIT_MEMLOCK unknown"
                : "RLIMIT_MEMLOCK soft " + Bytes.limit(softBytes) + ", hard " + Bytes.limit(orUnlimited(hardBytes));
    }

    /** Returns whether the limit may be 0: it is, or the kernel did not tell. */
    public boolean mayBeZero() {
        return softBytes == 0 || softBytes == UNKNOWN_BYTES;
    }

    /** Describes a limit that {@link #mayBeZero}, for a message. */
    public String ofZero() {
        return softBytes == 0 ? "the limit is 0" : "the limit is 0, or a seccomp filter refuses the call";
    }

    /** Returns whether both limits are those of another moment, whatever follows from them. */
    boolean hasLimitsOf(LockLimit other) {
        return softBytes == other.softBytes && hardBytes == other.hardBytes;
    }
}
