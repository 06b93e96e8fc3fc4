// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;

/**
 * Asks the kernel whether a mapping is locked: {@code msync(page, MS_INVALIDATE)} answers EBUSY if it is, and does
 * nothing else. The call takes under a microsecond; {@code /proc/PID/maps} does not tell, and {@code smaps}, which
 * does, walks page tables. Being locked is a property of the whole mapping, so one page answers for it. Linux
 * {@code mm/msync.c}
 *
 * <p>Where a filter refuses that call, {@code madvise(page, MADV_COLD)} is asked: it fails on a locked mapping, and makes
 * one page of another easier to reclaim (Linux 5.4).
 */
public final class LockProbe {

    private final LibC libc;
    private final long pageBytes;
    private volatile boolean isMsyncDistrusted;
    private volatile Boolean knowsCold;

    public LockProbe(LibC libc, long pageBytes) {
        this.libc = libc;
        this.pageBytes = pageBytes;
    }

    /** What the kernel said of a mapping. */
    public enum Answer {
        /** The mapping is locked. */
        LOCKED,

        /** The mapping is there, and not locked. */
        UNLOCKED,

        /** Nothing is mapped there any more. */
        GONE,

        /** Neither call told, because a filter refuses them for example: {@link LibC#errno} tells how. */
        UNKNOWN
    }

    /**
     * Asks about the mapping that holds an address.
     *
     * @param address page-aligned
     */
    public Answer ask(long address) {
        if (isMsyncDistrusted) {
            return askOtherwise(address);
        }
        if (libc.msync(address, pageBytes, Linux.MS_INVALIDATE) == 0) {
            return Answer.UNLOCKED;
        }
        return switch (libc.errno()) {
            case Errno.EBUSY -> Answer.LOCKED;
            case Errno.ENOMEM -> Answer.GONE;
            default -> askOtherwise(address);
        };
    }

    /**
     * Asks again about a mapping that is unlocked by the first way though a call has just locked it. A filter may answer in
     * the kernel's place without doing anything: where the other way says locked, and the first misses a lock of our own,
     * too, it is not asked any more.
     *
     * @param address page-aligned
     */
    public Answer askTwice(long address) {
        Answer answer = ask(address);
        if (answer == Answer.UNLOCKED && askOtherwise(address) == Answer.LOCKED && missesLockOfOwnPage()) {
            isMsyncDistrusted = true;
            return Answer.LOCKED;
        }
        return answer;
    }

    /**
     * Locks a page of our own, and returns whether the first way alone does not tell. The other way takes a device and huge
     * pages of hugetlbfs for locked, which the kernel never locks. Linux {@code mm/madvise.c: can_madv_lru_vma}
     */
    private boolean missesLockOfOwnPage() {
        long page = mapPage();
        if (page == LibC.MAP_FAILED) {
            return false;
        }
        if (libc.mlock2(page, pageBytes, Linux.MLOCK_ONFAULT) != 0) {
            libc.mlock(page, pageBytes); // a filter may refuse one of them
        }
        boolean isMissed = libc.msync(page, pageBytes, Linux.MS_INVALIDATE) == 0 && askOtherwise(page) == Answer.LOCKED;
        libc.munmap(page, pageBytes);
        return isMissed;
    }

    /**
     * Returns whether the mapping that holds an address is known to be locked.
     *
     * @param address page-aligned
     * @return false also when nothing is mapped there any more, or when the kernel did not tell
     */
    public boolean isLocked(long address) {
        return ask(address) == Answer.LOCKED;
    }

    /**
     * Returns whether a part of a range is locked, by one call for all of it. Holes do not matter.
     *
     * @param start page-aligned
     * @param length bytes of whole pages
     * @return where that call is refused, whether the first page is locked
     */
    boolean isPartLocked(long start, long length) {
        if (!isMsyncDistrusted) {
            int errno = libc.msync(start, length, Linux.MS_INVALIDATE) == 0 ? 0 : libc.errno();
            if (errno == 0 || errno == Errno.EBUSY || errno == Errno.ENOMEM) {
                return errno == Errno.EBUSY;
            }
        }
        return isLocked(start);
    }

    /**
     * Locks a page of our own, which every kernel can lock, and asks about it.
     *
     * @return false only if the lock succeeded and the page is not locked
     */
    public boolean seesLockOfOwnPage() {
        long page = mapPage();
        if (page == LibC.MAP_FAILED) {
            return true;
        }
        boolean isRefused = libc.mlock2(page, pageBytes, Linux.MLOCK_ONFAULT) != 0;
        boolean isSeen = isRefused || askTwice(page) != Answer.UNLOCKED;
        libc.munmap(page, pageBytes);
        return isSeen;
    }

    /** Makes a witness of calls that lock all there is; it has not begun. */
    public LockAllWitness newLockAllWitness() {
        return new LockAllWitness(libc, this, pageBytes);
    }

    /** Maps a page of our own; the caller unmaps it. */
    long mapPage() {
        return libc.mmap(0, pageBytes, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
    }

    private Answer askOtherwise(long address) {
        if (libc.madvise(address, pageBytes, Linux.MADV_COLD) == 0) {
            return Answer.UNLOCKED;
        }
        return switch (libc.errno()) {
            case Errno.EINVAL -> knowsCold() ? Answer.LOCKED : Answer.UNKNOWN;
            case Errno.ENOMEM -> Answer.GONE;
            default -> Answer.UNKNOWN;
        };
    }

    /** Asks about a page that is not locked for certain: an older kernel answers EINVAL to everything. */
    private boolean knowsCold() {
        if (knowsCold == null) {
            long page = mapPage();
            if (page == LibC.MAP_FAILED) {
                return false;
            }
            knowsCold = libc.munlock(page, pageBytes) == 0 && libc.madvise(page, pageBytes, Linux.MADV_COLD) == 0;
            libc.munmap(page, pageBytes);
        }
        return knowsCold;
    }
}
