// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.OwnProcess;
import io.memlock.log.Log;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Notices at once that the process drops root. With MCL_FUTURE in force by CAP_IPC_LOCK alone, the JVM dies at its first
 * commit after that, which is too soon for the keeper's next pass.
 *
 * <p>The kernel keeps credentials by thread. So setuid(2) and its relatives, as the C library has them, send each thread a
 * signal and have it change its own, before they return. A thread that waits in poll(2) is woken by that, whatever the
 * signal's handler asks for (signal(7)). It goes before all others then, where it may and no seccomp filter is in force,
 * because the application goes on at the same moment. Waiting costs nothing.
 *
 * <p>A JVM that ends waits 300 ms for a thread in a native call ({@code VM_Exit::wait_for_threads_in_native_to_block}). So
 * {@link #end} brings it back before. It waits for a timer because an application may close all descriptors and open its
 * own under the same number: setting a timer does nothing to another file.
 */
public final class PrivilegeWatch implements Runnable {

    private static final int FOR_EVER = -1;

    /** The pause after an error: what caused it may cause the next. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long[] AT_ONCE = {0, 0, 0, 1};

    private final LibC libc;
    private final OwnProcess process;
    private final boolean isFiltered;
    private final MemoryLock lock;
    private final Log log;
    private final int[] waitedFor = {-1, Linux.POLLIN};
    private volatile int timer = -1;
    private boolean hasBegun;
    private boolean isTimerOurs;
    private volatile boolean isOver;

    /**
     * Makes a watch, which needs a thread of its own. What that thread would need beside a main in a small heap, to find out
     * whether there is a filter, is found out here.
     */
    public PrivilegeWatch(LibC libc, OwnProcess process, MemoryLock lock, Log log) {
        this.libc = libc;
        this.process = process;
        this.isFiltered = process.isFiltered();
        this.lock = lock;
        this.log = log;
    }

    /**
     * Watches until the end, or until a filter refuses to wait, or may end the JVM for it. It checks before it waits: the
     * first time in vain, so that all it takes is loaded when it counts, and after an error, because a signal may have come
     * meanwhile.
     */
    @Override
    public void run() {
        while (!isOver) {
            try {
                begin(); // first: at its priority what is loaded is loaded at once, and not while main begins
                boolean isProvoking = process.hasNewFilter(); // which also has capget(2) avoided
                check();
                if (isProvoking) { // from now on it is the keeper's to notice
                    isOver = true;
                }
                if (!isOver) {
                    waitForSignal();
                }
            } catch (Throwable e) { // an OutOfMemoryError the application survives, too
                AgentThread.rest(PAUSE_NANOS);
            }
        }
    }

    private void begin() {
        if (hasBegun) {
            return;
        }
        if (!isFiltered) { // it works without
            libc.sched_setscheduler(0, Linux.SCHED_FIFO | Linux.SCHED_RESET_ON_FORK, new int[] {1});
        }
        timer = libc.timerfd_create(Linux.CLOCK_MONOTONIC, Linux.TFD_CLOEXEC);
        waitedFor[0] = timer;
        isTimerOurs = timer >= 0;
        hasBegun = true;
    }

    private void waitForSignal() {
        int ready = libc.poll(isTimerOurs ? waitedFor : null, isTimerOurs ? 1 : 0, FOR_EVER);
        if (ready < 0 && libc.errno() != Errno.EINTR) {
            log.debug("not watching for dropped privileges: poll: " + Errno.describe(libc.errno()));
            isOver = true;
        }
        isTimerOurs &= ready <= 0; // otherwise it is over, or the descriptor has become another file's
    }

    /** Returns whether it has ended itself, and is not to run again. */
    public boolean isOver() {
        return isOver;
    }

    /** Ends the watch when the JVM ends. Under a filter that is new, the JVM rather waits for it than dies of the call. */
    public void end() {
        isOver = true;
        if (timer >= 0 && !process.hasNewFilter()) {
            libc.timerfd_settime(timer, 0, AT_ONCE);
        }
    }

    private void check() {
        if (!lock.endFutureWithoutCapability()) {
            return;
        }
        try {
            if (!isFiltered && !process.isFiltered()) { // the application may have set one since
                libc.sched_setscheduler(0, Linux.SCHED_OTHER, new int[] {0}); // what follows is in no hurry
            }
            lock.reconcile().notices().forEach(log::warn);
        } catch (IOException | RuntimeException | Error e) {
            log.debug("after a signal: " + e); // the keeper's next pass goes on from here
        }
    }
}
