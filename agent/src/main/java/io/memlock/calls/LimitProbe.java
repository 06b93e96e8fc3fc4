// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import java.io.IOException;

/**
 * Finds out whether locking is limited. What counts is {@code CAP_IPC_LOCK} in the first user namespace, but
 * {@code CapEff} shows it in all of them, so it has to be tried.
 *
 * <p>The call that tries asks for more than any finite limit, from a page on that has nothing mapped behind it. The kernel
 * compares the length with the limit first; where none applies it then locks the page, comes to the hole and gives up. So
 * the answer is ENOMEM in both cases, and whether the page is locked tells them apart. One page is charged for some
 * microseconds, whatever the limit, and nothing is walked: before Linux 5.18 the kernel goes through a locked range page by
 * page. Linux {@code mm/mlock.c: do_mlock, apply_vma_lock_flags}
 */
public final class LimitProbe {

    /** The width of the hole: nobody else's next mapping should fill it exactly. */
    private static final int HOLE_PAGES = 3;

    /** Questions after which the limit is tried again without a visible change: once a minute. */
    private static final int TRY_EVERY = 60;

    /** Threads that are looked at each time, and how many of them are the newest. */
    private static final int THREADS = 8;

    private static final int NEWEST_THREADS = 4;

    private final LibC libc;
    private final ProcFs proc;
    private final LockProbe probe;
    private final long pageBytes;

    /** Whether a seccomp filter was in force at the first look; null before. */
    private Boolean wasFiltered;

    private volatile boolean isFilteredSince;
    private int timesAsked;

    /** The place in the list of threads of the one that was asked last in turn. */
    private int threadAsked;

    public LimitProbe(LibC libc, ProcFs proc, LockProbe probe, long pageBytes) {
        this.libc = libc;
        this.proc = proc;
        this.probe = probe;
        this.pageBytes = pageBytes;
    }

    /**
     * Finds the limit out. Raises the soft limit to the hard one where a limit applies, which needs no privilege.
     *
     * @return what holds
     */
    public LockLimit establish() {
        return establish(null, true);
    }

    /** Finds the limit out as {@link #establish()} does, and changes nothing. */
    public LockLimit look() {
        return establish(null, false);
    }

    /**
     * Finds the limit out again while the JVM runs: an operator may have changed the limit, or the process may have
     * dropped root. Costs two system calls and a look at the status while nothing has changed.
     *
     * @param before what held
     * @return what holds now; as before where it could not be tried
     */
    public LockLimit again(LockLimit before) {
        LockLimit now = read();
        if (now.softBytes() == LockLimit.UNKNOWN_BYTES) {
            return before;
        }
        boolean isSame = now.hasLimitsOf(before) && now.hasCapability() == before.hasCapability();
        return isSame && ++timesAsked % TRY_EVERY != 0 ? before : establish(before, mayRaise(before, now));
    }

    /**
     * Lifts the limit, where CAP_SYS_RESOURCE allows it and only CAP_IPC_LOCK keeps it from applying: then nothing happens
     * to locked memory when the process drops root.
     *
     * @return what holds now
     */
    public LockLimit lift(LockLimit limit) {
        long[] infinite = {Linux.RLIM_INFINITY, Linux.RLIM_INFINITY};
        boolean isLifted = limit.isByCapability() && libc.setrlimit(Linux.RLIMIT_MEMLOCK, infinite) == 0;
        return isLifted ? establish(limit, false) : limit;
    }

    private LockLimit establish(LockLimit before, boolean mayRaise) {
        LockLimit now = read();
        if (now.isUnlimited()) {
            return now;
        }
        Trial trial = tryMoreThanTheLimit(now.softBytes() == 0);
        if (!trial.isConclusive && before != null) {
            return before;
        }
        // Only now: with CAP_IPC_LOCK the limit does not matter, and is left as the user set it.
        long hard = now.hardBytes();
        boolean isRaised = trial.errno != 0
                && now.softBytes() != hard
                && mayRaise
                && libc.setrlimit(Linux.RLIMIT_MEMLOCK, new long[] {hard, hard}) == 0;
        return isRaised
                ? raised(hard, trial.errno, now.hasCapability())
                : new LockLimit(now.softBytes(), hard, trial.errno, now.hasCapability());
    }

    private static LockLimit raised(long hard, int errno, boolean hasCapability) {
        long soft = LockLimit.orUnlimited(hard);
        return new LockLimit(soft, hard, soft == Linux.RLIM_INFINITY ? 0 : errno, hasCapability);
    }

    /**
     * Returns whether the soft limit may be raised once more: the process has dropped root, or somebody has raised the hard
     * limit. Otherwise somebody may have lowered the soft limit and meant it, however long ago.
     */
    private static boolean mayRaise(LockLimit before, LockLimit now) {
        return before.hasCapability() != now.hasCapability()
                || Long.compareUnsigned(now.hardBytes(), before.hardBytes()) > 0;
    }

    /** Reads what the kernel tells of the limit. The errno is 0 only if the limit itself is infinite. */
    private LockLimit read() {
        long[] limits = {LockLimit.UNKNOWN_BYTES, LockLimit.UNKNOWN_BYTES};
        hasNewFilter(); // for hasCapability, here and until the next look
        boolean isKnown = libc.getrlimit(Linux.RLIMIT_MEMLOCK, limits) == 0;
        long soft = isKnown ? LockLimit.orUnlimited(limits[0]) : LockLimit.UNKNOWN_BYTES;
        return new LockLimit(soft, limits[1], soft == Linux.RLIM_INFINITY ? 0 : Errno.ENOMEM, hasCapability());
    }

    /**
     * Looks whether a seccomp filter is in force that was not at the first look: it may end the process for a call that was
     * allowed until then, such as capget(2).
     */
    public synchronized boolean hasNewFilter() {
        if (!isFilteredSince) {
            boolean isFiltered = proc.isFiltered();
            if (wasFiltered == null) {
                wasFiltered = isFiltered;
            }
            isFilteredSince = isFiltered && !wasFiltered;
        }
        return isFilteredSince;
    }

    /** Returns whether the calling thread has CAP_IPC_LOCK. The C library's setuid(2) changes that of all threads. */
    public boolean hasCapability() {
        if (isFilteredSince) {
            return statusTells("thread-self", true);
        }
        int[] sets = new int[6];
        return capget(0, sets) && has(sets);
    }

    /**
     * Returns whether a thread has given the capability up by itself, as capset(2) does it. Looks at the newest
     * threads, which inherit the capabilities of their starters, and at a few of the others in turn.
     */
    public boolean isDroppedByAThread() {
        int[] threads = proc.threadIds(ProcFs.SELF);
        for (int i = 0; i < Math.min(threads.length, THREADS); i++) {
            if (isDroppedBy(threads[i < NEWEST_THREADS ? threads.length - 1 - i : nextInTurn(threads.length)])) {
                return true;
            }
        }
        return false;
    }

    /** Returns whose turn it is. A number that only grew would be negative after years. */
    private int nextInTurn(int threads) {
        threadAsked = (threadAsked + 1) % threads;
        return threadAsked;
    }

    private boolean isDroppedBy(int thread) {
        if (isFilteredSince) {
            return statusTells("self/task/" + thread, false);
        }
        int[] sets = new int[6];
        return capget(thread, sets) && !has(sets);
    }

    /** Returns whether the status of a thread shows that it has the capability, or has not. It takes longer than capget(2). */
    private boolean statusTells(String thread, boolean has) {
        try {
            return proc.status(thread).has(Linux.CAP_IPC_LOCK) == has;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private boolean capget(int thread, int[] sets) {
        return libc.capget(new int[] {Linux.CAPABILITY_VERSION_3, thread}, sets) == 0;
    }

    private static boolean has(int[] sets) {
        return (sets[0] & (1 << Linux.CAP_IPC_LOCK)) != 0;
    }

    /** Tries from a page of our own. Under a limit of 0 the kernel answers EPERM. */
    private Trial tryMoreThanTheLimit(boolean isLimitZero) {
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;
        long page = libc.mmap(0, (1 + HOLE_PAGES) * pageBytes, Linux.PROT_NONE, flags, -1, 0);
        if (page == LibC.MAP_FAILED) {
            // EAGAIN is what MCL_FUTURE under a limit answers to any mapping.
            return new Trial(Errno.ENOMEM, libc.errno() == Errno.EAGAIN);
        }
        boolean hasHole = libc.munmap(page + pageBytes, HOLE_PAGES * pageBytes) == 0;
        Trial trial = hasHole && isUnlocked(page) ? tryFrom(page, isLimitZero) : new Trial(Errno.ENOMEM, false);
        libc.munmap(page, pageBytes);
        return trial;
    }

    /** Unlocks a page, which is born locked under MCL_FUTURE, and returns whether it is unlocked. */
    private boolean isUnlocked(long page) {
        return !probe.isLocked(page) || (libc.munlock(page, pageBytes) == 0 && !probe.isLocked(page));
    }

    /** Tries both calls, as a filter may refuse one of them. Neither populates anything: neither gets that far. */
    private Trial tryFrom(long page, boolean isLimitZero) {
        int errno = libc.mlock2(page, LockLimit.MORE_THAN_ANY_BYTES, Linux.MLOCK_ONFAULT) == 0 ? 0 : libc.errno();
        Trial trial = judge(page, errno, isLimitZero);
        if (trial.isConclusive) {
            return trial;
        }
        errno = libc.mlock(page, LockLimit.MORE_THAN_ANY_BYTES) == 0 ? 0 : libc.errno();
        Trial second = judge(page, errno, isLimitZero);
        return second.isConclusive ? second : trial;
    }

    private Trial judge(long page, int errno, boolean isLimitZero) {
        if (errno != Errno.ENOMEM) {
            return new Trial(errno == 0 ? Errno.ENOMEM : errno, errno == Errno.EPERM && isLimitZero);
        }
        LockProbe.Answer answer = probe.ask(page);
        boolean isLocked = answer == LockProbe.Answer.LOCKED;
        return new Trial(isLocked ? 0 : errno, isLocked || answer == LockProbe.Answer.UNLOCKED);
    }

    /**
     * What came of a try.
     *
     * @param errno 0 if no limit applies, otherwise what the kernel answered
     * @param isConclusive false if it cannot be told whether that is the limit's doing
     */
    private record Trial(int errno, boolean isConclusive) {}
}
