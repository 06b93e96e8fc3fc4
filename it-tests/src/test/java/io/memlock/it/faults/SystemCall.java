// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** System calls by number. Linux arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
public enum SystemCall {
    MLOCK(149, 228),
    MUNLOCK(150, 229),
    MLOCKALL(151, 230),
    MUNLOCKALL(152, 231),
    MLOCK2(325, 284),
    MSYNC(26, 227),
    MINCORE(27, 232),
    MADVISE(28, 233),
    MOVE_PAGES(279, 239),
    SCHED_SETSCHEDULER(144, 119),
    SETPRIORITY(141, 140),
    CACHESTAT(451, 451),
    SECCOMP(317, 277),
    PIDFD_OPEN(434, 434),
    PIDFD_GETFD(438, 438);

    private final int intelNumber;
    private final int armNumber;

    SystemCall(int intelNumber, int armNumber) {
        this.intelNumber = intelNumber;
        this.armNumber = armNumber;
    }

    /** Its number on this machine. */
    public int number() {
        return System.getProperty("os.arch").equals("amd64") ? intelNumber : armNumber;
    }

    /** Reads names joined by {@code +}, as {@code mlock+mlock2}. */
    public static List<SystemCall> parse(String names) {
        return Arrays.stream(names.split("\\+", -1))
                .map(name -> valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    /** Its name in the man pages. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
