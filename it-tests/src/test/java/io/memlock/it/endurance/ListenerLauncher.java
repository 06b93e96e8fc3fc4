// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import com.sun.jna.Native;
import com.sun.jna.StringArray;
import io.memlock.it.faults.FilterLibC;
import io.memlock.it.faults.SeccompFilter;
import io.memlock.it.faults.SystemCall;
import java.io.IOException;
import java.util.Arrays;

/**
 * Has some of its system calls answered by a listener, then becomes another program. Arguments: the calls joined by {@code
 * +}, the program and its arguments. It prints {@code listener} and a descriptor of its own, waits until a line tells that
 * somebody has taken a copy, and closes its own by becoming the program. seccomp_unotify(2)
 */
public final class ListenerLauncher {

    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

    private ListenerLauncher() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        SeccompFilter filter = new SeccompFilter(SeccompFilter.ASK_LISTENER, SystemCall.parse(args[0]));
        FilterLibC c = Native.load("c", FilterLibC.class);
        c.prctl(FilterLibC.PR_SET_NO_NEW_PRIVS, 1, null, 0, 0);
        long listener = c.syscall(
                SystemCall.SECCOMP.number(),
                SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_NEW_LISTENER,
                filter.program());
        System.out.println("listener " + listener);
        if (System.in.read() < 0) {
            throw new IOException("nobody listens");
        }
        String[] command = Arrays.copyOfRange(args, 1, args.length);
        c.execv(command[0], new StringArray(command));
    }
}
