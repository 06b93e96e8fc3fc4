// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.log.Log;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.IOException;

/**
 * Notices at once that the process drops root. With MCL_FUTURE in force by CAP_IPC_LOCK alone, the JVM dies at its first
 * commit after that, which is too soon for the keeper's next pass.
 *
 * <p>The kernel keeps credentials by thread. So setuid(2) and its relatives, as the C library has them, send each thread a
 * signal and have it change its own, before they return. A thread that waits in poll(2) is woken by that, whatever the
 * signal's handler asks for (signal(7)). It goes before all others then, where it may, because the application goes on at
 * the same moment. Waiting costs nothing, and nobody waits for this thread.
 */
public final class PrivilegeWatch implements Runnable {

    private static final int FOR_EVER = -1;

    private final LibC libc;
    private final MemoryLock lock;
    private final Log log;

    /** A watch, to be run by a thread of its own. */
    public PrivilegeWatch(LibC libc, MemoryLock lock, Log log) {
        this.libc = libc;
        this.lock = lock;
        this.log = log;
    }

    /** Watches until a filter refuses to wait. */
    @Override
    public void run() {
        libc.sched_setscheduler(0, Linux.SCHED_FIFO | Linux.SCHED_RESET_ON_FORK, new int[] {1});
        check(); // once in vain: all it takes is loaded when it counts
        while (libc.poll(0, 0, FOR_EVER) >= 0 || libc.errno() == Errno.EINTR) {
            check();
        }
        log.debug("not watching for dropped privileges: poll: " + Errno.describe(libc.errno()));
    }

    private void check() {
        try {
            if (lock.endFutureWithoutCapability()) {
                libc.sched_setscheduler(0, Linux.SCHED_OTHER, new int[] {0}); // what follows is in no hurry
                lock.reconcile();
            }
        } catch (IOException | RuntimeException | Error e) {
            log.debug("after a signal: " + e); // the keeper's next pass goes on from here
        }
    }

    /** Whether there is anything to watch for; free. */
    public static boolean isNeeded(MemoryLock lock) {
        return lock.dependsOnCapability();
    }
}
