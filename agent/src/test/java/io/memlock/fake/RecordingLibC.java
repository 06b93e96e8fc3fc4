// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** Passes calls on and remembers what was populated. */
public final class RecordingLibC implements LibC {

    /**
     * A madvise call.
     *
     * @param start address
     * @param length in bytes
     * @param advice as passed
     */
    public record Advice(long start, long length, int advice) {}

    public final List<Advice> madvised = Collections.synchronizedList(new ArrayList<>());
    public long mlockedBytes;
    public final List<Long> mlocked = Collections.synchronizedList(new ArrayList<>());

    /** Where a piece begins that is not populated, and what is answered. */
    public final Map<Long, Integer> refused = new ConcurrentHashMap<>();

    /** Pages that nobody can access: guards of MADV_GUARD_INSTALL, or behind the end of a file. */
    public final NavigableSet<Long> inaccessible = new ConcurrentSkipListSet<>();

    /** Whether pagemap shows these pages as guards. */
    public boolean areGuards;

    private final ThreadLocal<Integer> refusal = ThreadLocal.withInitial(() -> 0);
    private final LibC kernel;

    public RecordingLibC(LibC kernel) {
        this.kernel = kernel;
    }

    public long populatedBytes(int advice) {
        return madvised.stream()
                .filter(call -> call.advice == advice)
                .mapToLong(Advice::length)
                .sum();
    }

    public long lowest() {
        return madvised.stream().mapToLong(Advice::start).min().orElseThrow();
    }

    public long largestPiece() {
        return madvised.stream().mapToLong(Advice::length).max().orElseThrow();
    }

    @Override
    public int madvise(long addr, long length, int advice) {
        refusal.set(refused.getOrDefault(addr, 0));
        if (refusal.get() != 0) {
            return -1;
        }
        Long first = inaccessible.ceiling(addr);
        if (first != null && first < addr + length) {
            refusal.set(Errno.EFAULT);
            return -1;
        }
        madvised.add(new Advice(addr, length, advice));
        return advice == Linux.MADV_WILLNEED ? kernel.madvise(addr, length, advice) : 0;
    }

    @Override
    public int mlock(long addr, long len) {
        mlockedBytes += len;
        mlocked.add(addr);
        return kernel.mlock(addr, len);
    }

    @Override
    public int mlock2(long addr, long len, int flags) {
        return kernel.mlock2(addr, len, flags);
    }

    @Override
    public int munlock(long addr, long len) {
        return kernel.munlock(addr, len);
    }

    @Override
    public int mlockall(int flags) {
        return kernel.mlockall(flags);
    }

    @Override
    public int munlockall() {
        return kernel.munlockall();
    }

    @Override
    public int msync(long addr, long length, int flags) {
        return kernel.msync(addr, length, flags);
    }

    @Override
    public long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
        return kernel.mmap(addr, length, prot, flags, fd, offset);
    }

    @Override
    public int munmap(long addr, long length) {
        return kernel.munmap(addr, length);
    }

    @Override
    public int fcntl(int fd, int cmd, long arg) {
        return kernel.fcntl(fd, cmd, arg);
    }

    @Override
    public int cachestat(int fd, long[] range, long[] cstat, int flags) {
        return kernel.cachestat(fd, range, cstat, flags);
    }

    @Override
    public int pagemap_scan(int fd, long[] arg, long[] vec) {
        return kernel.pagemap_scan(fd, arg, vec);
    }

    @Override
    public int move_pages(int pid, long page, int[] status, int flags) {
        return kernel.move_pages(pid, page, status, flags);
    }

    @Override
    public int getrlimit(int resource, long[] rlim) {
        return kernel.getrlimit(resource, rlim);
    }

    @Override
    public int setrlimit(int resource, long[] rlim) {
        return kernel.setrlimit(resource, rlim);
    }

    @Override
    public int open(byte[] pathname, int flags) {
        return kernel.open(pathname, flags);
    }

    @Override
    public long read(int fd, byte[] buf, long count) {
        return kernel.read(fd, buf, count);
    }

    @Override
    public long pread(int fd, byte[] buf, long count, long offset) {
        long read = kernel.pread(fd, buf, count, offset);
        if (areGuards && inaccessible.contains(offset / Long.BYTES * FakeKernel.PAGE)) {
            buf[Long.BYTES - 1] = 0x04;
        }
        return read;
    }

    @Override
    public int close(int fd) {
        return kernel.close(fd);
    }

    @Override
    public long readlink(byte[] path, byte[] buf, long bufsiz) {
        return kernel.readlink(path, buf, bufsiz);
    }

    @Override
    public int clock_gettime(int clockid, long[] tp) {
        return kernel.clock_gettime(clockid, tp);
    }

    @Override
    public int mincore(long addr, long length, byte[] vec) {
        return kernel.mincore(addr, length, vec);
    }

    @Override
    public int capget(int[] header, int[] data) {
        throw new UnsupportedOperationException("nothing here is about capabilities");
    }

    @Override
    public int poll(int[] fds, long nfds, int timeout) {
        throw new UnsupportedOperationException("nothing here waits");
    }

    @Override
    public int timerfd_create(int clockid, int flags) {
        throw new UnsupportedOperationException("nothing here waits");
    }

    @Override
    public int timerfd_settime(int fd, int flags, long[] newValue) {
        throw new UnsupportedOperationException("nothing here waits");
    }

    @Override
    public int getpriority(int which, int who) {
        return kernel.getpriority(which, who);
    }

    @Override
    public int setpriority(int which, int who, int prio) {
        return kernel.setpriority(which, who, prio);
    }

    @Override
    public int sched_getscheduler(int pid) {
        return kernel.sched_getscheduler(pid);
    }

    @Override
    public int sched_setscheduler(int pid, int policy, int[] param) {
        return kernel.sched_setscheduler(pid, policy, param);
    }

    @Override
    public int kill(int pid, int sig) {
        return kernel.kill(pid, sig);
    }

    @Override
    public long sysconf(int name) {
        return kernel.sysconf(name);
    }

    @Override
    public int errno() {
        return refusal.get() != 0 ? refusal.get() : kernel.errno();
    }
}
