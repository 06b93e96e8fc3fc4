// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;

/**
 * Counters of a process: {@code /proc/PID/stat}. proc_pid_stat(5)
 *
 * @param name of the main thread; may hold anything, blanks and parentheses too
 * @param state one letter: {@code R}, {@code S}, {@code D}, {@code Z}, ...
 * @param parentPid 0 if the parent is in another PID namespace
 * @param minorFaults page faults without reading from a disk, by all threads so far
 * @param majorFaults page faults that waited for a disk
 * @param userTicks CPU time in user mode, in ticks of sysconf(_SC_CLK_TCK): 1/100 s on all our platforms
 * @param systemTicks CPU time in the kernel, in the same ticks
 * @param threads number of threads
 * @param startTicks when it started, in ticks since boot; tells a process from a later one with the same number
 */
public record ProcessStat(
        String name,
        String state,
        long parentPid,
        long minorFaults,
        long majorFaults,
        long userTicks,
        long systemTicks,
        long threads,
        long startTicks) {

    /**
     * Parses the file.
     *
     * @param text of the file
     * @return what it says
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static ProcessStat parse(String text) {
        return parse(new Cursor("stat", text));
    }

    /** Fields are numbered as in proc_pid_stat(5). */
    static ProcessStat parse(Cursor stat) {
        stat.onlyLine();
        stat.decimal();
        stat.expect(' ');
        stat.expect('(');
        String name = stat.upToLast(')');
        stat.expect(' ');
        String state = stat.word();
        long parentPid = fieldAfter(stat, 3, 4);
        long minorFaults = fieldAfter(stat, 4, 10);
        long majorFaults = fieldAfter(stat, 10, 12);
        long userTicks = fieldAfter(stat, 12, 14);
        long systemTicks = fieldAfter(stat, 14, 15);
        long threads = fieldAfter(stat, 15, 20);
        long startTicks = fieldAfter(stat, 20, 22);
        return new ProcessStat(
                name, state, parentPid, minorFaults, majorFaults, userTicks, systemTicks, threads, startTicks);
    }

    /** From the end of one field to the end of a later one, whose value it is; those between may have a sign. */
    private static long fieldAfter(Cursor stat, int from, int to) {
        for (int skipped = from + 1; skipped < to; skipped++) {
            stat.expect(' ');
            stat.skipWord();
        }
        stat.expect(' ');
        return stat.decimal();
    }
}
