// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import com.sun.jna.DirectFunctions;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ProcessFunction;
import java.nio.ByteBuffer;

/**
 * {@link LibC} through JNA, and the only class that imports it. Functions are looked up one by one and called with boxed
 * arguments: {@code Native.register} would generate code for 30 ms of a starting JVM's time to save a microsecond a call.
 */
final class JnaLibC implements LibC {

    private final ProcessFunction mlock = ProcessFunction.find("mlock");
    private final ProcessFunction mlock2 = mlock2();
    private final ProcessFunction munlock = ProcessFunction.find("munlock");
    private final ProcessFunction mlockall = ProcessFunction.find("mlockall");
    private final ProcessFunction munlockall = ProcessFunction.find("munlockall");
    private final ProcessFunction msync = ProcessFunction.find("msync");
    private final ProcessFunction mincore = ProcessFunction.find("mincore");
    private final ProcessFunction mmap = ProcessFunction.find("mmap");
    private final ProcessFunction munmap = ProcessFunction.find("munmap");
    private final ProcessFunction madvise = ProcessFunction.find("madvise");
    private final ProcessFunction open = ProcessFunction.find("open");
    private final ProcessFunction read = ProcessFunction.find("read");
    private final ProcessFunction pread = ProcessFunction.find("pread");
    private final ProcessFunction close = ProcessFunction.find("close");
    private final ProcessFunction readlink = ProcessFunction.find("readlink");
    private final ProcessFunction getrlimit = ProcessFunction.find("getrlimit");
    private final ProcessFunction setrlimit = ProcessFunction.find("setrlimit");
    private final ProcessFunction capget = ProcessFunction.find("capget");
    private final ProcessFunction poll = ProcessFunction.find("poll");
    private final ProcessFunction timerfdCreate = ProcessFunction.find("timerfd_create");
    private final ProcessFunction timerfdSettime = ProcessFunction.find("timerfd_settime");
    private final ProcessFunction getpriority = ProcessFunction.find("getpriority");
    private final ProcessFunction setpriority = ProcessFunction.find("setpriority");
    private final ProcessFunction schedGetscheduler = ProcessFunction.find("sched_getscheduler");
    private final ProcessFunction schedSetscheduler = ProcessFunction.find("sched_setscheduler");
    private final ProcessFunction clockGettime = ProcessFunction.find("clock_gettime");
    private final ProcessFunction sysconf = ProcessFunction.find("sysconf");
    private final long movePages = Platform.current().movePages;

    /** Whether somebody has paid for the quick functions. */
    private volatile boolean isDirect;

    /**
     * Binds the functions; JNA's native library must be loaded.
     *
     * @throws NativeUnavailableException if the C library is too old
     */
    JnaLibC() throws NativeUnavailableException {}

    private static ProcessFunction mlock2() throws NativeUnavailableException {
        try {
            return ProcessFunction.find("mlock2");
        } catch (UnsatisfiedLinkError e) {
            throw new NativeUnavailableException(
                    "needs glibc 2.27 or newer: this C library has no mlock2",
                    "# use a system or an image with glibc 2.27 or newer",
                    e);
        }
    }

    @Override
    public int mlock(long addr, long len) {
        return mlock.invokeInt(addr, len);
    }

    @Override
    public int mlock2(long addr, long len, int flags) {
        return mlock2.invokeInt(addr, len, flags);
    }

    @Override
    public int munlock(long addr, long len) {
        boolean isDone = isDirect && DirectFunctions.munlock(addr, len) == 0;
        return isDone ? 0 : munlock.invokeInt(addr, len); // for its errno
    }

    @Override
    public int mlockall(int flags) {
        return mlockall.invokeInt(flags);
    }

    @Override
    public int munlockall() {
        return munlockall.invokeInt();
    }

    @Override
    public int msync(long addr, long length, int flags) {
        return msync.invokeInt(addr, length, flags);
    }

    @Override
    public int mincore(long addr, long length, byte[] vec) {
        return mincore.invokeInt(addr, length, vec);
    }

    @Override
    public long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
        return mmap.invokeLong(addr, length, prot, flags, fd, offset);
    }

    @Override
    public int munmap(long addr, long length) {
        return munmap.invokeInt(addr, length);
    }

    @Override
    public int madvise(long addr, long length, int advice) {
        return madvise.invokeInt(addr, length, advice);
    }

    @Override
    public int open(byte[] pathname, int flags) {
        return open.invokeInt(pathname, flags);
    }

    @Override
    public long read(int fd, byte[] buf, long count) {
        return read.invokeLong(fd, buf, count);
    }

    @Override
    public long pread(int fd, byte[] buf, long count, long offset) {
        return pread.invokeLong(fd, buf, count, offset);
    }

    @Override
    public int close(int fd) {
        return close.invokeInt(fd);
    }

    @Override
    public long readlink(byte[] path, byte[] buf, long bufsiz) {
        return readlink.invokeLong(path, buf, bufsiz);
    }

    @Override
    public int fcntl(int fd, int cmd, long arg) {
        int result = DirectFunctions.fcntl(fd, cmd, arg);
        isDirect = true;
        return result;
    }

    @Override
    public int move_pages(int pid, long page, int[] status, int flags) {
        return DirectFunctions.move_pages(movePages, pid, page, status, flags);
    }

    @Override
    public int cachestat(int fd, long[] range, long[] cstat, int flags) {
        return DirectFunctions.cachestat(fd, range, cstat, flags);
    }

    @Override
    public int pagemap_scan(int fd, long[] arg, long[] vec) {
        return DirectFunctions.pagemap_scan(fd, Linux.PAGEMAP_SCAN, arg, vec);
    }

    @Override
    public int getrlimit(int resource, long[] rlim) {
        return getrlimit.invokeInt(resource, rlim);
    }

    @Override
    public int setrlimit(int resource, long[] rlim) {
        return setrlimit.invokeInt(resource, rlim);
    }

    @Override
    public int capget(int[] header, int[] data) {
        return capget.invokeInt(header, data);
    }

    @Override
    public int poll(int[] fds, long nfds, int timeout) {
        return poll.invokeInt(fds, nfds, timeout);
    }

    @Override
    public int timerfd_create(int clockid, int flags) {
        return timerfdCreate.invokeInt(clockid, flags);
    }

    @Override
    public int timerfd_settime(int fd, int flags, long[] newValue) {
        return timerfdSettime.invokeInt(fd, flags, newValue, null);
    }

    @Override
    public int getpriority(int which, int who) {
        return getpriority.invokeInt(which, who);
    }

    @Override
    public int setpriority(int which, int who, int prio) {
        return setpriority.invokeInt(which, who, prio);
    }

    @Override
    public int sched_getscheduler(int pid) {
        return schedGetscheduler.invokeInt(pid);
    }

    @Override
    public int sched_setscheduler(int pid, int policy, int[] param) {
        return schedSetscheduler.invokeInt(pid, policy, param);
    }

    /** Only the command line asks, and once: looked up when it does. */
    @Override
    public int kill(int pid, int sig) {
        return ProcessFunction.find("kill").invokeInt(pid, sig);
    }

    @Override
    public int clock_gettime(int clockid, long[] tp) {
        return clockGettime.invokeInt(clockid, tp);
    }

    @Override
    public long sysconf(int name) {
        return sysconf.invokeLong(name);
    }

    @Override
    public int errno() {
        return Native.getLastError();
    }

    /** Finds a buffer's memory, by JNI's GetDirectBufferAddress. */
    static long addressOf(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }
}
