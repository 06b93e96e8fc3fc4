// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.FutureProbe;
import io.memlock.calls.LockProbe;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.reconcile.Reconciler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets and ends {@code MCL_FUTURE}, which has new mappings born locked. It is set only where locking is unlimited;
 * under a limit the JVM would die at the first commit that exceeds it. Any thread may end it at any time, because a
 * process that drops root cannot wait.
 */
public final class FutureLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LibC libc;
    private final FutureProbe probe;
    private final ApplicationLocks applicationLocks;
    private final OwnProcess process;
    private volatile boolean inForce;
    private volatile boolean isApplications;
    private volatile int endErrno;

    /**
     * Sets nothing until asked to.
     *
     * @param probe tells whether new mappings are born locked
     * @param applicationLocks what is to stay locked when it ends
     * @param process where nothing else tells, what is charged shows it
     */
    public FutureLock(LibC libc, FutureProbe probe, ApplicationLocks applicationLocks, OwnProcess process) {
        this.libc = libc;
        this.probe = probe;
        this.applicationLocks = applicationLocks;
        this.process = process;
    }

    /** Returns whether new mappings are born locked, whoever asked for it. */
    synchronized boolean isBornLocked() {
        return probe.isBornLocked();
    }

    /** Returns the errno for which {@code MCL_FUTURE} is still in force though it was to end, or 0. */
    int endErrno() {
        return endErrno;
    }

    /** Returns whether {@code MCL_FUTURE} is in force as the agent wants it, and the agent has not ended it. */
    boolean isInForce() {
        return inForce;
    }

    /** Returns whether it was the application that set it: what is born locked then is locked for the application. */
    boolean isApplications() {
        return isApplications;
    }

    /**
     * Locks all there is and all to come, in one call. Before the application runs: it walks everything resident. Where
     * huge pages of hugetlbfs are mapped it would populate them all.
     */
    Attempt setWithAllThereIs() {
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

    /** Has new mappings born locked from now on. Touches no mapping. What the application has set does as well. */
    synchronized Attempt set() {
        if (!inForce && probe.flagsInForce() > 0) {
            isApplications = true;
            inForce = true;
            return new Attempt(0, LockProbe.Answer.LOCKED, 0);
        }
        return set(FUTURE);
    }

    private synchronized Attempt set(int flags) {
        if (libc.mlockall(flags) != 0) {
            return new Attempt(libc.errno(), LockProbe.Answer.UNLOCKED, 0);
        }
        inForce = true; // whatever fails from here on
        // A return code is not proof. What went wrong with single mappings the keeper's first pass finds.
        LockProbe.Answer born = probe.askAfterSetting();
        int probeErrno = probe.probeErrno();
        if (born == LockProbe.Answer.UNKNOWN && probe.isCharged(process::chargedBytes)) {
            born = LockProbe.Answer.LOCKED;
        }
        inForce = born != LockProbe.Answer.UNLOCKED;
        return new Attempt(0, born, probeErrno);
    }

    /**
     * Sets it again, where it was set: somebody's mlockall may have dropped it. If an application has replaced it that wants
     * new mappings populated, too, it is the application's from then on; on-fault it looks like ours.
     *
     * @return whether it was ours until now and is the application's
     */
    synchronized boolean reassert() {
        if (!inForce) {
            return false;
        }
        boolean wasApplications = isApplications;
        int flags = probe.flagsInForce();
        isApplications = flags == Linux.MCL_FUTURE || (wasApplications && flags != 0);
        if (!isApplications) {
            libc.mlockall(FUTURE);
        }
        return isApplications && !wasApplications;
    }

    /**
     * Leaves it in force where the application has set it, as far as {@link #reassert} has found out.
     *
     * @return whether it did
     */
    synchronized boolean leaveToApplication() {
        boolean isLeft = inForce && isApplications;
        if (isLeft) {
            inForce = false;
            isApplications = false;
        }
        return isLeft;
    }

    /**
     * Ends it, for which there is no call but one that locks all there is, too. What should stay unlocked is prepared for
     * that: of a file that is not wanted the page tables are emptied, so that the call finds no page to lock, and the file is
     * unlocked again right after it; all else is locked in small pieces first, so that the call does not stall the JVM, and is
     * left to the next pass. The file is unlocked in pieces, too: before Linux 5.18 the kernel goes through all of it, resident
     * or not. What the application locked itself is locked all the time, and has its own flags again afterwards.
     *
     * <p>Under a limit that has come down meanwhile the kernel allows only {@code munlockall}, and anything beats a JVM that
     * dies at its next commit; where huge pages of hugetlbfs are mapped, too, because the other call populates them.
     *
     * @param unlocked what is not locked now, by anybody
     * @param wanted what is to be locked from now on
     * @param reconciler makes the calls on that
     * @throws IOException if it cannot be told what the application locked; it is ended all the same
     */
    void end(List<Segment> unlocked, Selection wanted, Reconciler reconciler) throws IOException {
        List<Segment> files = new ArrayList<>();
        for (Segment segment : unlocked) {
            if (isDroppable(segment) && !wanted.contains(segment)) {
                files.add(segment);
                reconciler.calls().release(segment);
            } else {
                reconciler.calls().lock(segment);
            }
        }
        try {
            applicationLocks.refresh(process.held());
            // Since then, by the application, or mapped anew and born so.
            if (removeLocked(files, reconciler.probe())) {
                applicationLocks.refresh(process.held());
            }
        } finally {
            removeLocked(files, reconciler.probe());
            endAtOnce(process.holdsHugetlb());
            for (Segment file : files) {
                reconciler.calls().unlock(file);
            }
        }
    }

    /** Removes the files that are locked, and returns whether there were any. */
    private static boolean removeLocked(List<Segment> files, LockProbe probe) {
        return files.removeIf(file -> probe.isLocked(file.start()));
    }

    /** Returns whether a file is mapped shared. What a driver maps may not come back. */
    private static boolean isDroppable(Segment segment) {
        Mapping mapping = segment.mapping();
        return (segment.region() == Region.MAPPED || segment.region() == Region.SHM)
                && mapping.isSharedFile()
                && mapping.path().startsWith("/")
                && !mapping.isOfDriver();
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
        isApplications = false;
        inForce = !isEnded; // a filter keeps both from the kernel: whoever asks is told, and it is tried again
        try {
            process.held().lockAgain();
        } finally { // each of them may find the heap full
            for (Mapping mapping : applicationLocks.all()) {
                libc.mlock(mapping.start(), mapping.length());
            }
        }
    }

    /** Probes, as a return code is not proof. */
    private boolean isEndedBy(int answer) {
        endErrno = answer != 0 ? libc.errno() : probe.isBornLocked() ? Errno.NOT_DONE : 0;
        return endErrno == 0;
    }

    /**
     * Holds the result of setting {@code MCL_FUTURE}.
     *
     * @param errno what {@code mlockall} answered: 0, or why not
     * @param born what a new mapping was afterwards
     * @param probeErrno if that could not be told, why not
     */
    record Attempt(int errno, LockProbe.Answer born, int probeErrno) {

        /** Returns whether {@code MCL_FUTURE} is in force, by what was read back. */
        boolean isSet() {
            return errno == 0 && born == LockProbe.Answer.LOCKED;
        }
    }
}
