// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.calls.FutureProbe;
import io.memlock.calls.LockProbe;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code MCL_FUTURE}: new mappings are born locked. Set only where locking is unlimited; under a limit the JVM would die at
 * the first commit that exceeds it. May be ended by any thread at any time: a process that drops root cannot wait.
 */
final class FutureLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LockParts parts;
    private final LibC libc;
    private volatile boolean inForce;
    private volatile int endErrno;

    FutureLock(LockParts parts) {
        this.parts = parts;
        this.libc = parts.libc();
    }

    /** Why it is still in force though it was to end: 0 or errno. */
    int endErrno() {
        return endErrno;
    }

    /** Whether we set it and did not end it. */
    boolean isInForce() {
        return inForce;
    }

    /**
     * Locks all there is and all to come, in one call. Before the application runs: it walks everything resident. Where
     * huge pages of hugetlbfs are mapped it would populate them all.
     */
    Outcome setWithAllThereIs() {
        return set(Linux.MCL_CURRENT | FUTURE);
    }

    /**
     * Locks all there is, in one call, and nothing to come. Before the application runs.
     *
     * @return 0 or errno
     */
    int lockAllThereIs() {
        return libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT) == 0 ? 0 : libc.errno();
    }

    /** From now on new mappings are born locked. Touches no mapping. */
    Outcome set() {
        return set(FUTURE);
    }

    private synchronized Outcome set(int flags) {
        if (libc.mlockall(flags) != 0) {
            return new Outcome(libc.errno(), LockProbe.Answer.UNLOCKED, 0);
        }
        // A return code is not proof. What went wrong with single mappings the keeper's first pass finds.
        FutureProbe probe = parts.futureProbe();
        LockProbe.Answer born = probe.askAfterSetting();
        int probeErrno = probe.probeErrno();
        if (born == LockProbe.Answer.UNKNOWN && probe.isCharged(parts::chargedBytes)) {
            born = LockProbe.Answer.LOCKED;
        }
        inForce = born != LockProbe.Answer.UNLOCKED;
        return new Outcome(0, born, probeErrno);
    }

    /** Sets it again, where it was set: somebody's mlockall or munlockall may have dropped it. */
    synchronized void reassert() {
        if (inForce) {
            libc.mlockall(FUTURE);
        }
    }

    /**
     * Ends it, for which there is no call but one that locks all there is, too. What should stay unlocked is prepared for
     * that: of a file the page tables are emptied, so that the call finds no page to lock, and the file is unlocked again
     * right after it; all else is locked in small pieces first, so that the call does not stall the JVM, and is left to the
     * next pass. What the application locked itself is locked all the time, and has its own flags again afterwards.
     *
     * <p>Under a limit that has come down meanwhile the kernel allows only {@code munlockall}, and anything beats a JVM that
     * dies at its next commit; where huge pages of hugetlbfs are mapped, too, because the other call populates them.
     *
     * @param unlocked what is not locked now, by anybody
     * @throws IOException if it cannot be told what the application locked; it is ended all the same
     */
    void end(List<Segment> unlocked) throws IOException {
        List<Segment> files = new ArrayList<>();
        for (Segment segment : unlocked) {
            if (isDroppable(segment)) {
                files.add(segment);
                parts.calls().release(segment);
            } else {
                parts.calls().lock(segment);
            }
        }
        try {
            parts.applicationLocks().refresh();
        } finally {
            files.removeIf(file -> parts.probe().isLocked(file.start())); // by the application, meanwhile
            endAtOnce(parts.holdsHugetlb());
            for (Segment file : files) {
                parts.held().unlockOthers(file.start(), file.length());
            }
        }
    }

    /** A file that is mapped shared; what a driver maps may not come back. */
    private static boolean isDroppable(Segment segment) {
        String path = segment.mapping().path();
        return (segment.region() == Region.MAPPED || segment.region() == Region.SHM)
                && segment.mapping().isSharedFile()
                && path.startsWith("/")
                && (!path.startsWith("/dev/") || path.startsWith("/dev/shm/"));
    }

    /**
     * Ends it without a look at anything, where each mapping made from now on ends the JVM. What the application locked
     * itself is locked afterwards as far as it is known, and what handles hold.
     */
    void endAtOnce() {
        endAtOnce(true);
    }

    private synchronized void endAtOnce(boolean unlocksAll) {
        if (!inForce) {
            return;
        }
        boolean isEnded = (!unlocksAll && isEndedBy(libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT)))
                || isEndedBy(libc.munlockall());
        inForce = !isEnded; // a filter keeps both from the kernel: whoever asks is told, and it is tried again
        for (Mapping mapping : parts.applicationLocks().all()) {
            libc.mlock(mapping.start(), mapping.length());
        }
        parts.held().lockAgain();
    }

    /** A return code is not proof. */
    private boolean isEndedBy(int answer) {
        endErrno = answer != 0 ? libc.errno() : parts.futureProbe().isBornLocked() ? Errno.NOT_DONE : 0;
        return endErrno == 0;
    }

    /**
     * What came of setting it.
     *
     * @param errno what {@code mlockall} answered: 0, or why not
     * @param born what a new mapping was afterwards
     * @param probeErrno if that could not be told, why not
     */
    record Outcome(int errno, LockProbe.Answer born, int probeErrno) {

        /** Whether it is in force, by what was read back. */
        boolean isSet() {
            return errno == 0 && born == LockProbe.Answer.LOCKED;
        }
    }
}
