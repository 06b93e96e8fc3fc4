// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Installs a seccomp filter that answers some calls with an error number, then becomes another program. Arguments: the
 * number, the calls joined by {@code +}, the program and its arguments. seccomp(2), Linux include/uapi/linux/filter.h
 */
public final class SeccompLauncher {

    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_MODE_FILTER = 2;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int REFUSE = 0x00050000;

    private SeccompLauncher() {}

    /** The C library. */
    public interface C extends Library {
        /** prctl(2). */
        int prctl(int option, long a, Pointer b, long c, long d);

        /** execv(3). */
        int execv(String path, StringArray arguments);
    }

    /** Runs it. */
    public static void main(String[] args) {
        List<int[]> filter = new ArrayList<>();
        filter.add(new int[] {LOAD_WORD, 0, 0, 0}); // seccomp_data.nr
        for (String call : args[1].split("\\+", -1)) {
            filter.add(new int[] {JUMP_IF_EQUAL, 0, 1, number(call)});
            filter.add(new int[] {RETURN, 0, 0, REFUSE | Integer.parseInt(args[0])});
        }
        filter.add(new int[] {RETURN, 0, 0, ALLOW});

        Memory code = new Memory(filter.size() * 8L);
        for (int i = 0; i < filter.size(); i++) {
            int[] instruction = filter.get(i);
            code.setShort(i * 8L, (short) instruction[0]);
            code.setByte(i * 8L + 2, (byte) instruction[1]);
            code.setByte(i * 8L + 3, (byte) instruction[2]);
            code.setInt(i * 8L + 4, instruction[3]);
        }
        Memory program = new Memory(16);
        program.setShort(0, (short) filter.size());
        program.setPointer(8, code);

        C c = Native.load("c", C.class);
        if (c.prctl(PR_SET_NO_NEW_PRIVS, 1, null, 0, 0) != 0
                || c.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0) {
            throw new IllegalStateException("no seccomp filter: errno " + Native.getLastError());
        }
        String[] command = Arrays.copyOfRange(args, 2, args.length);
        c.execv(command[0], new StringArray(command));
        throw new IllegalStateException("cannot run " + command[0]);
    }

    private static int number(String call) {
        boolean intel = System.getProperty("os.arch").equals("amd64");
        return switch (call) {
            case "mlock" -> intel ? 149 : 228;
            case "munlock" -> intel ? 150 : 229;
            case "mlockall" -> intel ? 151 : 230;
            case "munlockall" -> intel ? 152 : 231;
            case "mlock2" -> intel ? 325 : 284;
            default -> throw new IllegalArgumentException(call);
        };
    }
}
