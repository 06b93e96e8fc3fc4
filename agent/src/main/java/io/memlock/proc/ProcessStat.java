// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;

/**
 * Counters of a process: {@code /proc/PID/stat}. proc_pid_stat(5)
 *
 * @param minorFaults page faults that waited for no disk
 * @param majorFaults page faults that waited for a disk
 * @param startTicks when it started, in ticks since boot; tells a process from a later one with the same number
 */
public record ProcessStat(long minorFaults, long majorFaults, long startTicks) {

    /**
     * Parses the file.
     *
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static ProcessStat parse(Cursor stat) {
        // The name may hold anything: blanks, parentheses, newlines.
        String text = stat.all();
        Cursor fields = new Cursor("stat", text.substring(text.lastIndexOf(')') + 1));
        fields.nextLine();
        long minorFaults = fieldAfter(fields, 2, 10);
        long majorFaults = fieldAfter(fields, 10, 12);
        return new ProcessStat(minorFaults, majorFaults, fieldAfter(fields, 12, 22));
    }

    /** Returns a later field, from the end of an earlier one on. Fields are numbered as in proc_pid_stat(5). */
    private static long fieldAfter(Cursor fields, int from, int to) {
        for (int skipped = from + 1; skipped < to; skipped++) {
            fields.expect(' ');
            fields.skipWord();
        }
        fields.expect(' ');
        return fields.decimal();
    }
}
