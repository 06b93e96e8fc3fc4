// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;

/**
 * Counters of a process: {@code /proc/PID/stat}. proc_pid_stat(5)
 *
 * @param majorFaults page faults that waited for a disk
 * @param startTicks when it started, in ticks since boot; tells a process from a later one with the same number
 */
public record ProcessStat(long majorFaults, long startTicks) {

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
        stat.upToLast(')'); // the name may hold anything, blanks and parentheses too
        long majorFaults = fieldAfter(stat, 2, 12);
        return new ProcessStat(majorFaults, fieldAfter(stat, 12, 22));
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
