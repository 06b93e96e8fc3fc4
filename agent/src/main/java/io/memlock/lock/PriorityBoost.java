// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;

/**
 * Lets the calling thread run in real time while it holds {@code mmap_lock}, so that it gives the lock back soon.
 *
 * <p>To lock a part of a mapping is to move the border between two, for which the kernel also takes the lock of the pages'
 * reverse mapping. Whatever walks reverse mappings, such as reclaim, compaction or DAMON, reads under that lock over and
 * over, and yields its CPU while it does. An ordinary thread that waits there finds the lock taken again each time it wakes
 * up, until one or two ticks have passed (measured: 3 to 20 ms, in which no thread of the JVM could map memory). A thread in
 * real time is handed the lock at once (5 to 20 microseconds), and is not kept off its CPU by a compiler either. Linux
 * {@code mm/vma.c: vma_prepare}, {@code kernel/locking/rwsem.c: rwsem_try_write_lock}
 *
 * <p>Tried only where it is certain to be allowed: with CAP_SYS_NICE, and without a seccomp filter, which may end a process
 * for an unexpected system call rather than refuse it.
 */
final class PriorityBoost {

    /** What {@link #begin} returns when it changed nothing. */
    static final int NONE = -1;

    private static final int LOWEST_IN_REAL_TIME = 1;
    private static final int OF_ORDINARY_THREADS = 0;

    private final LibC libc;
    private final ProcFs proc;
    private boolean isKnown;
    private boolean isAllowed;

    /**
     * A boost.
     *
     * @param proc tells what the process may
     */
    PriorityBoost(LibC libc, ProcFs proc) {
        this.libc = libc;
        this.proc = proc;
    }

    /**
     * The calling thread runs in real time from now on, if it may and is an ordinary one: whoever gave it another policy had
     * a reason.
     *
     * @return what {@link #end} takes, on the same thread
     */
    int begin() {
        if (!isAllowed() || libc.sched_getscheduler(0) != Linux.SCHED_OTHER) {
            return NONE;
        }
        boolean isSet = libc.sched_setscheduler(0, Linux.SCHED_FIFO, new int[] {LOWEST_IN_REAL_TIME}) == 0;
        return isSet ? Linux.SCHED_OTHER : NONE;
    }

    /** The calling thread is as it was; its nice value never changed. */
    void end(int before) {
        if (before != NONE) {
            libc.sched_setscheduler(0, before, new int[] {OF_ORDINARY_THREADS});
        }
    }

    private synchronized boolean isAllowed() {
        if (!isKnown) {
            isKnown = true;
            try {
                ProcessStatus status = proc.status(ProcFs.SELF);
                isAllowed = status.hasSysNice() && status.seccompMode() == ProcessStatus.SECCOMP_NONE;
            } catch (IOException e) {
                isAllowed = false;
            }
        }
        return isAllowed;
    }
}
