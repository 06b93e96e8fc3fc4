// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;

/**
 * Asks the kernel whether a mapping is locked: {@code msync(page, MS_INVALIDATE)} answers EBUSY if it is, and does nothing
 * else. Under a microsecond; {@code /proc/PID/maps} does not tell, and {@code smaps}, which does, walks page tables.
 * Being locked is a property of the whole mapping, so one page answers for it. Linux {@code mm/msync.c}
 */
final class LockProbe {

    private final LibC libc;
    private final long pageBytes;

    LockProbe(LibC libc, long pageBytes) {
        this.libc = libc;
        this.pageBytes = pageBytes;
    }

    /** What the kernel said of a mapping. */
    enum Answer {
        /** The mapping is locked. */
        LOCKED,

        /** The mapping is there, and not locked. */
        UNLOCKED,

        /** Nothing is mapped there any more. */
        GONE,

        /** The call was refused, by a seccomp filter for example: {@link LibC#errno} tells how. */
        UNKNOWN
    }

    /**
     * Asks about the mapping that holds an address.
     *
     * @param address page-aligned
     */
    Answer ask(long address) {
        if (libc.msync(address, pageBytes, Linux.MS_INVALIDATE) == 0) {
            return Answer.UNLOCKED;
        }
        return switch (libc.errno()) {
            case Errno.EBUSY -> Answer.LOCKED;
            case Errno.ENOMEM -> Answer.GONE;
            default -> Answer.UNKNOWN;
        };
    }

    /**
     * Whether the mapping that holds the last page of a range is known to be locked.
     *
     * @param end page-aligned
     */
    boolean isLastPageLocked(long end) {
        return isLocked(end - pageBytes);
    }

    /**
     * Whether the mapping that holds an address is known to be locked.
     *
     * @param address page-aligned
     * @return false also when nothing is mapped there any more, or when the kernel did not tell
     */
    boolean isLocked(long address) {
        return ask(address) == Answer.LOCKED;
    }
}
