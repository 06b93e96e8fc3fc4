// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.Mapping;
import java.io.IOException;

/**
 * {@code MCL_FUTURE}: new mappings are born locked. Set only where locking is unlimited; under a limit the JVM would die at
 * the first commit that exceeds it.
 */
final class FutureLock {

    private static final int FUTURE = Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final LockParts parts;
    private final LibC libc;
    private boolean inForce;
    private boolean everInForce;

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
     * Locks all there is and all to come, in one call. Before the application runs: it walks everything resident.
     *
     * @return 0 or errno
     */
    int setWithAllThereIs() {
        return set(Linux.MCL_CURRENT | FUTURE);
    }

    /**
     * From now on new mappings are born locked. Touches no mapping.
     *
     * @return 0 or errno
     */
    int set() {
        return set(FUTURE);
    }

    private int set(int flags) {
        if (libc.mlockall(flags) != 0) {
            return libc.errno();
        }
        inForce = true;
        everInForce = true;
        // A return code is not proof. What went wrong with single mappings the keeper's first pass finds.
        return parts.futureProbe().isBornLocked() ? 0 : Errno.EINVAL;
    }

    /** Sets it again, where it was set: somebody's mlockall or munlockall may have dropped it. */
    void reassert() {
        if (inForce) {
            libc.mlockall(FUTURE);
        }
    }

    /**
     * Ends it, for which there is no call but one that locks all there is, too. Under a limit that has come down meanwhile
     * the kernel allows only {@code munlockall}, and anything beats a JVM that dies at its next commit. What the application
     * locked itself is locked afterwards, by its own flags.
     *
     * @throws IOException if smaps cannot be read to tell what the application locked; it is ended all the same
     */
    void end() throws IOException {
        if (!inForce) {
            return;
        }
        ApplicationLocks applicationLocks = parts.applicationLocks();
        try {
            applicationLocks.refresh();
        } finally {
            if (libc.mlockall(Linux.MCL_CURRENT | Linux.MCL_ONFAULT) != 0) {
                libc.munlockall();
            }
            for (Mapping mapping : applicationLocks.all()) {
                libc.mlock(mapping.start(), mapping.length());
            }
            inForce = false;
        }
    }
}
