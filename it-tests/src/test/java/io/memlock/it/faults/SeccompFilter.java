// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/**
 * A filter that answers some system calls in one way and allows all others. seccomp(2), Linux
 * include/uapi/linux/filter.h, seccomp.h
 */
public final class SeccompFilter {

    /** Answers a call with the error number in the lower half. */
    public static final int REFUSE = 0x00050000;

    /** Ends the process, as the filter of a unit does for what {@code SystemCallFilter=} does not name. Linux 4.14 */
    public static final int KILL = 0x80000000;

    /** Has whoever listens answer a call. Linux 5.0 */
    public static final int ASK_LISTENER = 0x7fc00000;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;

    private final Memory code;
    private final Memory program;

    /**
     * Makes one.
     *
     * @param answer what to do with the calls
     * @param calls to be answered so
     */
    public SeccompFilter(int answer, List<SystemCall> calls) {
        List<int[]> filter = new ArrayList<>();
        filter.add(new int[] {LOAD_WORD, 0, 0, 0}); // seccomp_data.nr
        for (SystemCall call : calls) {
            filter.add(new int[] {JUMP_IF_EQUAL, 0, 1, call.number()});
            filter.add(new int[] {RETURN, 0, 0, answer});
        }
        filter.add(new int[] {RETURN, 0, 0, ALLOW});

        code = new Memory(filter.size() * 8L);
        for (int i = 0; i < filter.size(); i++) {
            int[] instruction = filter.get(i);
            code.setShort(i * 8L, (short) instruction[0]);
            code.setByte(i * 8L + 2, (byte) instruction[1]);
            code.setByte(i * 8L + 3, (byte) instruction[2]);
            code.setInt(i * 8L + 4, instruction[3]);
        }
        program = new Memory(16);
        program.setShort(0, (short) filter.size());
        program.setPointer(8, code);
    }

    /** The {@code struct sock_fprog}, valid as long as this is reachable. */
    public Pointer program() {
        return program;
    }
}
