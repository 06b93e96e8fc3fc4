// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a process is and has: {@code /proc/PID/status}. proc_pid_status(5), fs/proc/array.c: proc_pid_status
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
 * @param hugetlbBytes resident as huge pages of hugetlbfs, in full for each mapping, 0 if not printed (since Linux 4.4). No
 *     other number counts them
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
        long hugetlbBytes,
        long threads,
        long signalsCaught,
        long capEffective,
        long seccompMode) {

    /** The keys, in the order of the numbers below. From VmLck on, all are in kilobytes. */
    private static final Keys KEYS = new Keys(
            "Name:\t",
            "State:\t",
            "Tgid:",
            "Uid:",
            "NSpid:",
            "Threads:",
            "SigCgt:",
            "CapEff:",
            "Seccomp:",
            "VmLck:",
            "VmRSS:",
            "RssAnon:",
            "RssFile:",
            "RssShmem:",
            "VmSwap:",
            "HugetlbPages:");

    private static final int NAME = 0;
    private static final int STATE = 1;
    private static final int TGID = 2;
    private static final int UID = 3;
    private static final int NSPID = 4;
    private static final int THREADS = 5;
    private static final int SIG_CGT = 6;
    private static final int CAP_EFF = 7;
    private static final int SECCOMP = 8;
    private static final int VM_LCK = 9;
    private static final int VM_RSS = 10;
    private static final int RSS_ANON = 11;
    private static final int RSS_FILE = 12;
    private static final int RSS_SHMEM = 13;
    private static final int VM_SWAP = 14;
    private static final int HUGETLB = 15;

    /** A value of seccompMode. include/uapi/linux/seccomp.h */
    private static final int SECCOMP_MODE_FILTER = 2;

    /**
     * Parses the file.
     *
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static ProcessStatus parse(Cursor status) {
        String name = "";
        String state = "";
        List<Long> namespacePids = List.of();
        long effectiveUid = -1;
        long[] numbers = new long[KEYS.size()];
        Arrays.fill(numbers, -1);
        numbers[CAP_EFF] = 0;
        int key = Keys.NONE;
        while (status.nextLine()) {
            int found = KEYS.find(status, key);
            if (found == Keys.NONE) {
                continue;
            }
            key = found;
            switch (key) {
                case NAME -> name = status.rest();
                case STATE -> state = status.word();
                case UID -> {
                    numbers[UID] = decimal(status);
                    effectiveUid = decimal(status);
                }
                case NSPID -> namespacePids = decimals(status);
                case TGID, THREADS, SECCOMP -> numbers[key] = status.number();
                case SIG_CGT, CAP_EFF -> {
                    status.skipBlanks();
                    numbers[key] = status.hex();
                }
                default -> numbers[key] = status.kilobytes();
            }
        }
        return new ProcessStatus(
                name,
                state,
                numbers[TGID],
                namespacePids,
                numbers[UID],
                effectiveUid,
                numbers[VM_LCK],
                numbers[VM_RSS],
                numbers[RSS_ANON],
                numbers[RSS_FILE],
                numbers[RSS_SHMEM],
                numbers[VM_SWAP],
                Math.max(0, numbers[HUGETLB]),
                numbers[THREADS],
                numbers[SIG_CGT],
                numbers[CAP_EFF],
                numbers[SECCOMP]);
    }

    private static long decimal(Cursor line) {
        line.skipBlanks();
        return line.decimal();
    }

    private static List<Long> decimals(Cursor line) {
        List<Long> decimals = new ArrayList<>(2);
        line.skipBlanks();
        while (!line.atLineEnd()) {
            decimals.add(line.decimal());
            line.skipBlanks();
        }
        return List.copyOf(decimals);
    }

    /**
     * Returns whether the process has a handler for a signal. signal(7)
     *
     * @return true also if the kernel does not say
     */
    public boolean catches(int signal) {
        return (signalsCaught >>> (signal - 1) & 1) != 0;
    }

    /** Returns the number by which the process knows itself, in a container for example 1. */
    public long ownPid() {
        return namespacePids.isEmpty() ? tgid : namespacePids.get(namespacePids.size() - 1);
    }

    /** Returns whether it has memory, as all have but the kernel's threads and those that end or have ended. */
    public boolean hasMemory() {
        return vmRssBytes >= 0;
    }

    /**
     * Returns whether a capability is in the effective set. capabilities(7)
     *
     * @return false does not prove much, and neither does true: see capEffective
     */
    public boolean has(int capability) {
        return (capEffective >>> capability & 1) != 0;
    }

    /** Returns whether a seccomp filter judges the calls of the process; false also if the kernel does not say. */
    public boolean hasFilter() {
        return seccompMode == SECCOMP_MODE_FILTER;
    }
}
