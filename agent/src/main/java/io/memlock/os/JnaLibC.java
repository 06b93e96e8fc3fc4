// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.ProcessSymbols;

/**
 * {@link LibC} through JNA, and the only class that imports it. Functions are looked up one by one and called with boxed
 * arguments: {@code Native.register} would generate code for 30 ms of a starting JVM's time to save a microsecond a call.
 */
final class JnaLibC implements LibC {

    private final Function mlock;
    private final Mlock2 mlock2;
    private final Function munlock;
    private final Function mlockall;
    private final Function munlockall;
    private final Function msync;
    private final Function mincore;
    private final Function mmap;
    private final Function munmap;
    private final Function madvise;
    private final Function readlink;
    private final Function getrlimit;
    private final Function setrlimit;
    private final Function getpriority;
    private final Function setpriority;
    private final Function schedGetscheduler;
    private final Function schedSetscheduler;
    private final Function sysconf;

    /** Binds the functions; JNA's native library must be loaded. */
    JnaLibC() {
        ProcessSymbols process = new ProcessSymbols();
        mlock = process.find("mlock");
        mlock2 = Mlock2.bind(process);
        munlock = process.find("munlock");
        mlockall = process.find("mlockall");
        munlockall = process.find("munlockall");
        msync = process.find("msync");
        mincore = process.find("mincore");
        mmap = process.find("mmap");
        munmap = process.find("munmap");
        madvise = process.find("madvise");
        readlink = process.find("readlink");
        getrlimit = process.find("getrlimit");
        setrlimit = process.find("setrlimit");
        getpriority = process.find("getpriority");
        setpriority = process.find("setpriority");
        schedGetscheduler = process.find("sched_getscheduler");
        schedSetscheduler = process.find("sched_setscheduler");
        sysconf = process.find("sysconf");
    }

    @Override
    public int mlock(long addr, long len) {
        return mlock.invokeInt(new Object[] {addr, len});
    }

    @Override
    public int mlock2(long addr, long len, int flags) {
        return mlock2.call(addr, len, flags);
    }

    @Override
    public int munlock(long addr, long len) {
        return munlock.invokeInt(new Object[] {addr, len});
    }

    @Override
    public int mlockall(int flags) {
        return mlockall.invokeInt(new Object[] {flags});
    }

    @Override
    public int munlockall() {
        return munlockall.invokeInt(new Object[] {});
    }

    @Override
    public int msync(long addr, long length, int flags) {
        return msync.invokeInt(new Object[] {addr, length, flags});
    }

    @Override
    public int mincore(long addr, long length, byte[] vec) {
        return mincore.invokeInt(new Object[] {addr, length, vec});
    }

    @Override
    public long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
        return mmap.invokeLong(new Object[] {addr, length, prot, flags, fd, offset});
    }

    @Override
    public int munmap(long addr, long length) {
        return munmap.invokeInt(new Object[] {addr, length});
    }

    @Override
    public int madvise(long addr, long length, int advice) {
        return madvise.invokeInt(new Object[] {addr, length, advice});
    }

    @Override
    public long readlink(byte[] path, byte[] buf, long bufsiz) {
        return readlink.invokeLong(new Object[] {path, buf, bufsiz});
    }

    @Override
    public int getrlimit(int resource, long[] rlim) {
        return getrlimit.invokeInt(new Object[] {resource, rlim});
    }

    @Override
    public int setrlimit(int resource, long[] rlim) {
        return setrlimit.invokeInt(new Object[] {resource, rlim});
    }

    @Override
    public int getpriority(int which, int who) {
        return getpriority.invokeInt(new Object[] {which, who});
    }

    @Override
    public int setpriority(int which, int who, int prio) {
        return setpriority.invokeInt(new Object[] {which, who, prio});
    }

    @Override
    public int sched_getscheduler(int pid) {
        return schedGetscheduler.invokeInt(new Object[] {pid});
    }

    @Override
    public int sched_setscheduler(int pid, int policy, int[] param) {
        return schedSetscheduler.invokeInt(new Object[] {pid, policy, param});
    }

    @Override
    public long sysconf(int name) {
        return sysconf.invokeLong(new Object[] {name});
    }

    @Override
    public int errno() {
        return Native.getLastError();
    }

    /** mlock2 as a function of the C library, or as a system call where the library has none. */
    private record Mlock2(Function function, boolean isSyscall) {

        // arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h
        private static final long SYS_MLOCK2_X86_64 = 325;
        private static final long SYS_MLOCK2_AARCH64 = 284;

        static Mlock2 bind(ProcessSymbols process) {
            try {
                return new Mlock2(process.find("mlock2"), false);
            } catch (UnsatisfiedLinkError glibcBefore227) {
                return new Mlock2(process.find("syscall"), true);
            }
        }

        int call(long addr, long len, int flags) {
            if (isSyscall) {
                long number = Platform.current() == Platform.X86_64 ? SYS_MLOCK2_X86_64 : SYS_MLOCK2_AARCH64;
                return (int) function.invokeLong(new Object[] {number, addr, len, flags});
            }
            return function.invokeInt(new Object[] {addr, len, flags});
        }
    }
}
