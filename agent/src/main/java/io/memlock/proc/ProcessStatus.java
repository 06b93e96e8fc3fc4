// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import java.util.List;

/**
 * What a process is and has: {@code /proc/PID/status}. proc_pid_status(5)
 *
 * <p>Numbers the kernel does not print are -1 (a kernel thread has no memory), capability sets it does not print are 0.
 *
 * @param name of the main thread, at most 15 bytes, as the kernel escapes it
 * @param state one letter: {@code R}, {@code S}, {@code D}, {@code Z}, ...
 * @param tgid the process
 * @param namespacePids the process's number in each PID namespace, ours first, its own last (since Linux 4.1)
 * @param realUid whose it is
 * @param effectiveUid as whom it acts
 * @param vmLckBytes charged: the length of all locked mappings
 * @param vmRssBytes resident
 * @param rssAnonBytes resident, anonymous (since Linux 4.5, like the next two)
 * @param rssFileBytes resident, of files
 * @param rssShmemBytes resident, shared memory
 * @param vmSwapBytes swapped out, without shared memory
 * @param threads number of threads
 * @param signalsCaught a bit for each signal the process has a handler for, the lowest for signal 1; -1 if not printed
 * @param capEffective bits of capabilities(7); in a user namespace they say nothing about the host
 * @param seccompMode 0 none, 1 strict, 2 filter
 */
public record ProcessStatus(
        String name,
        String state,
        long tgid,
        List<Long> namespacePids,
        long realUid,
        long effectiveUid,
        long vmLckBytes,
        long vmRssBytes,
        long rssAnonBytes,
        long rssFileBytes,
        long rssShmemBytes,
        long vmSwapBytes,
        long threads,
        long signalsCaught,
        long capEffective,
        long seccompMode) {

    /** include/uapi/linux/capability.h */
    private static final int CAP_IPC_LOCK = 14;

    /**
     * Parses the file.
     *
     * @param status the file
     * @return what it says
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static ProcessStatus parse(Cursor status) {
        return new StatusParser().parse(status);
    }

    /**
     * Whether the process has a handler for a signal. signal(7)
     *
     * @return true also if the kernel does not say
     */
    public boolean catches(int signal) {
        return (signalsCaught >>> (signal - 1) & 1) != 0;
    }

    /** Whether it was stopped, by SIGSTOP or by a debugger. */
    public boolean isStopped() {
        return state.startsWith("T") || state.startsWith("t");
    }

    /**
     * Whether CAP_IPC_LOCK is in the effective set. capabilities(7)
     *
     * @return false does not prove much, and neither does true: see capEffective
     */
    public boolean hasIpcLock() {
        return (capEffective >>> CAP_IPC_LOCK & 1) != 0;
    }
}
