// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.Mapping;
import java.io.IOException;

/**
 * {@code MCL_FUTURE}: new mappings are born locked. Set only where locking is unlimited; under a limit the JVM would die at
 * the first commit that exceeds it. May be ended by any thread at any time: a process that drops root cannot wait.
 */
final class FutureLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LockParts parts;
    private final LibC libc;
    private volatile boolean inForce;
    private volatile boolean everInForce;

    FutureLock(LockParts parts) {
        this.parts = parts;
        this.libc = parts.libc();
    }

    /** Whether we set it and did not end it. */
    boolean isInForce() {
        return inForce;
    }

    /** Whether we ever set it: then what is locked may be ours though we never locked it by name. */
    boolean wasEverInForce() {
        return everInForce;
    }

    /**
     * Locks all there is and all to come, in one call. Before the application runs: it walks everything resident. Where
     * huge pages of hugetlbfs are mapped it would populate them all.
     */
    Outcome setWithAllThereIs() {
        return set(Linux.MCL_CURRENT | FUTURE);
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
        everInForce |= inForce;
        return new Outcome(0, born, probeErrno);
    }

    /** Sets it again, where it was set: somebody's mlockall or munlockall may have dropped it. */
    synchronized void reassert() {
        if (inForce) {
            libc.mlockall(FUTURE);
        }
    }

    /**
     * Ends it, for which there is no call but one that locks all there is, too. Under a limit that has come down meanwhile
     * the kernel allows only {@code munlockall}, and anything beats a JVM that dies at its next commit; where huge pages of
     * hugetlbfs are mapped, too, because the other call populates them. What the application locked itself is locked
     * afterwards, by its own flags.
     *
     * @throws IOException if smaps cannot be read to tell what the application locked; it is ended all the same
     */
    void end() throws IOException {
        if (!inForce) {
            return;
        }
        try {
            parts.applicationLocks().refresh();
        } finally {
            endAtOnce(parts.holdsHugetlb());
        }
    }

    /**
     * Ends it without a look at anything, where each mapping made from now on ends the JVM. What the application locked
     * itself is locked afterwards as far as it is known.
     */
    void endAtOnce() {
        endAtOnce(true);
    }

    private synchronized void endAtOnce(boolean unlocksAll) {
        if (!inForce) {
            return;
        }
        inForce = false;
        if (unlocksAll || libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT) != 0) {
            libc.munlockall();
        }
        for (Mapping mapping : parts.applicationLocks().all()) {
            libc.mlock(mapping.start(), mapping.length());
        }
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
