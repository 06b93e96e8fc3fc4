// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;

/**
 * What a process may use: {@code /proc/PID/limits}. proc_pid_limits(5), getrlimit(2)
 *
 * @param processes RLIMIT_NPROC, threads of the user
 * @param openFiles RLIMIT_NOFILE, the first descriptor that cannot be had
 * @param lockedMemory RLIMIT_MEMLOCK, bytes
 */
public record ProcessLimits(Limit processes, Limit openFiles, Limit lockedMemory) {

    /** The value of a limit that is none. */
    public static final long UNLIMITED = -1;

    /** A limit the kernel did not print: nothing restricts us that we know of. */
    private static final Limit NONE = new Limit(UNLIMITED, UNLIMITED);

    private static final Keys KEYS = new Keys("Max processes ", "Max open files ", "Max locked memory ");

    private static final byte[] UNLIMITED_WORD = {'u', 'n', 'l', 'i', 'm', 'i', 't', 'e', 'd'};

    /**
     * One limit.
     *
     * @param soft what is enforced; the process may raise it up to hard. -1 = unlimited
     * @param hard what only CAP_SYS_RESOURCE raises. -1 = unlimited
     */
    public record Limit(long soft, long hard) {

        /**
         * Returns how prlimit(1) is told to raise the soft limit: the hard one may be no lower, and stays where it is not.
         *
         * @param raised the soft limit that is wanted
         * @return {@code SOFT:} or {@code SOFT:HARD}
         */
        public String raisedTo(long raised) {
            return raised + ":" + (hard == UNLIMITED || hard >= raised ? "" : raised);
        }
    }

    /**
     * Parses the file.
     *
     * @return what it says; unlimited for what it does not mention
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static ProcessLimits parse(Cursor limits) {
        Limit[] found = {NONE, NONE, NONE};
        int key = Keys.NONE;
        while (limits.nextLine()) {
            key = KEYS.find(limits, key);
            if (key != Keys.NONE) {
                long soft = value(limits);
                found[key] = new Limit(soft, value(limits));
            }
        }
        return new ProcessLimits(found[0], found[1], found[2]);
    }

    private static long value(Cursor line) {
        line.skipBlanks();
        if (line.skip(UNLIMITED_WORD)) {
            return UNLIMITED;
        }
        long value = line.unsignedDecimal();
        return value < 0 ? UNLIMITED : value;
    }
}
