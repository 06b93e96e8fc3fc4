// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import com.sun.jna.Native;
import com.sun.jna.StringArray;
import java.util.Arrays;

/**
 * Installs a seccomp filter that answers some calls with an error number, or ends the process for them, then becomes
 * another program. Arguments: the number or {@code kill}, the calls joined by {@code +}, the program and its arguments.
 */
public final class SeccompLauncher {

    /** In place of an error number. */
    static final String KILL = "kill";

    private static final int PR_SET_SECCOMP = 22;
    private static final int SECCOMP_MODE_FILTER = 2;

    private SeccompLauncher() {}

    /** Runs it. */
    public static void main(String[] args) {
        int answer = args[0].equals(KILL) ? SeccompFilter.KILL : SeccompFilter.REFUSE | Integer.parseInt(args[0]);
        SeccompFilter filter = new SeccompFilter(answer, SystemCall.parse(args[1]));
        FilterLibC c = Native.load("c", FilterLibC.class);
        c.prctl(FilterLibC.PR_SET_NO_NEW_PRIVS, 1, null, 0, 0);
        c.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter.program(), 0, 0);
        String[] command = Arrays.copyOfRange(args, 2, args.length);
        c.execv(command[0], new StringArray(command));
    }
}
