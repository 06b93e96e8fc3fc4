// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/**
 * The calls we make into the C library, as in C: names, argument order and return codes are those of the man pages. A
 * call that fails returns -1 and leaves its reason in {@link #errno()} of the calling thread. Addresses and lengths are
 * in bytes. Flags are in {@link Linux}.
 */
public interface LibC {

    /** What {@link #mmap} returns when it fails: {@code MAP_FAILED}, {@code (void *) -1}. */
    long MAP_FAILED = -1;

    /**
     * Locks the pages that contain any part of the range and populates them. mlock(2)
     *
     * @return 0, or -1 with EAGAIN, EINVAL, ENOMEM or EPERM
     */
    int mlock(long addr, long len);

    /**
     * Locks as {@link #mlock} does; with {@link Linux#MLOCK_ONFAULT} it populates nothing. mlock2(2), Linux 4.4, glibc
     * 2.27
     *
     * @return 0, or -1 with EAGAIN, EINVAL, ENOMEM, EPERM or ENOSYS
     */
    int mlock2(long addr, long len, int flags);

    /**
     * Unlocks the pages that contain any part of the range, however often they were locked. munlock(2)
     *
     * @return 0, or -1 with EINVAL or ENOMEM
     */
    int munlock(long addr, long len);

    /**
     * Locks all mappings of the process, current, future or both. A return of 0 does not prove that each mapping took
     * it. mlockall(2)
     *
     * @return 0, or -1 with EINVAL, ENOMEM or EPERM
     */
    int mlockall(int flags);

    /**
     * Unlocks all mappings and ends {@link Linux#MCL_FUTURE}. munlockall(2)
     *
     * @return 0, or -1
     */
    int munlockall();

    /**
     * Writes back a range. With {@link Linux#MS_INVALIDATE} alone on one page it does nothing and answers whether the
     * mapping is locked: EBUSY. msync(2); Linux {@code mm/msync.c}
     *
     * @param addr a multiple of the page size
     * @return 0, or -1 with EBUSY (some mapping in the range is locked), EINVAL or ENOMEM (a hole)
     */
    int msync(long addr, long length, int flags);

    /**
     * Tells which pages are in RAM: of a file, in the page cache. mincore(2)
     *
     * @param addr a multiple of the page size
     * @param vec filled with a byte for each page, whose lowest bit says so
     * @return 0, or -1 with EAGAIN, EFAULT, EINVAL or ENOMEM (a hole)
     */
    int mincore(long addr, long length, byte[] vec);

    /**
     * Creates a mapping. mmap(2)
     *
     * @return its address, or {@link #MAP_FAILED} with EACCES, EAGAIN, EINVAL, ENOMEM, …
     */
    long mmap(long addr, long length, int prot, int flags, int fd, long offset);

    /**
     * Deletes the mappings of a range. munmap(2)
     *
     * @return 0, or -1 with EINVAL
     */
    int munmap(long addr, long length);

    /**
     * Gives advice about a range. madvise(2)
     *
     * @return 0, or -1 with EAGAIN, EFAULT, EINVAL, ENOMEM, …
     */
    int madvise(long addr, long length, int advice);

    /**
     * Opens a file. open(2)
     *
     * @param pathname and a 0 after it
     * @param flags without {@code O_CREAT}, which would need a mode
     * @return a file descriptor, or -1 with EACCES, EINTR, EMFILE, ENOENT, …
     */
    int open(byte[] pathname, int flags);

    /**
     * Reads on in a file. read(2)
     *
     * @param buf filled from its beginning on
     * @return bytes read, 0 at the end, or -1 with EFAULT, EINTR, EIO, …
     */
    long read(int fd, byte[] buf, long count);

    /**
     * Reads at a place of a file. pread(2)
     *
     * @param buf filled from its beginning on
     * @param offset of the first byte
     * @return bytes read, 0 at the end, or -1 with EFAULT, EINTR, EIO, …
     */
    long pread(int fd, byte[] buf, long count, long offset);

    /**
     * Closes a file. close(2)
     *
     * @return 0, or -1 with EBADF, …; it is closed all the same
     */
    int close(int fd);

    /**
     * Reads where a symbolic link points to. readlink(2)
     *
     * @param path of the link, and a 0 after it
     * @param buf filled with the target, and no 0 after it
     * @return bytes of the target, cut at bufsiz, or -1 with EACCES, EINVAL, ENOENT, …
     */
    long readlink(byte[] path, byte[] buf, long bufsiz);

    /**
     * Does something with a file descriptor. fcntl(2)
     *
     * @param cmd for example {@link Linux#F_GET_SEALS}
     * @param arg 0 where there is none
     * @return depends on cmd, or -1 with EBADF, EINVAL, …
     */
    int fcntl(int fd, int cmd, long arg);

    /**
     * Moves a page between NUMA nodes, or, as here without a node to move it to, tells where it is. In C it takes arrays, of
     * many pages. move_pages(2)
     *
     * @param pid 0 for this process
     * @param page its address
     * @param status filled at 0 with its node, or a negative number: why it has none, ENOENT if nothing is there
     * @param flags 0
     * @return 0, or -1 with EACCES, EFAULT, EINVAL, ENODEV, ENOSYS, EPERM, ESRCH
     */
    int move_pages(int pid, long page, int[] status, int flags);

    /**
     * Counts the pages of a range of a file: of a file in memory, those in swap are the evicted ones. Linux 6.5, mm/filemap.c
     *
     * @param range the first byte at 0, how many at 1
     * @param cstat filled with how many pages are in the page cache at 0, dirty, being written back, evicted at {@link
     *     Linux#CACHESTAT_EVICTED}, and evicted a short while ago
     * @param flags 0
     * @return 0, or -1 with EBADF, EFAULT, EINVAL, ENOSYS, EOPNOTSUPP (hugetlbfs), or EPERM (who could not write the file)
     */
    int cachestat(int fd, long[] range, long[] cstat, int flags);

    /**
     * Finds runs of pages in the same state: {@code ioctl(fd, PAGEMAP_SCAN, arg)}. PAGEMAP_SCAN(2const), Linux 6.7
     *
     * @param fd of a pagemap
     * @param arg a {@code struct pm_scan_arg}, whose {@code vec} is set here; filled with where the walk ended
     * @param vec filled with a {@code struct page_region} of three longs for each run
     * @return how many runs, or -1; there is no errno
     */
    int pagemap_scan(int fd, long[] arg, long[] vec);

    /**
     * Reads a resource limit. getrlimit(2)
     *
     * @param rlim filled with the soft limit at 0 and the hard limit at 1, in bytes; {@link Linux#RLIM_INFINITY}
     * @return 0, or -1 with EFAULT or EINVAL
     */
    int getrlimit(int resource, long[] rlim);

    /**
     * Sets a resource limit. setrlimit(2)
     *
     * @param rlim the soft limit at 0 and the hard limit at 1, in bytes
     * @return 0, or -1 with EINVAL or EPERM (raising the hard limit takes CAP_SYS_RESOURCE)
     */
    int setrlimit(int resource, long[] rlim);

    /**
     * Reads the capabilities of a thread. capget(2)
     *
     * @param header {@link Linux#CAPABILITY_VERSION_3} and a thread id; 0 for the calling thread
     * @param data filled with effective, permitted and inheritable for capabilities 0 to 31, and the same for the rest
     * @return 0, or -1 with EFAULT, EINVAL, EPERM or ESRCH
     */
    int capget(int[] header, int[] data);

    /**
     * Waits for events on file descriptors, or for a signal. poll(2)
     *
     * @param fds what to wait for, two ints each: a file descriptor, and in the low half the events; null for nothing
     * @param nfds how many that are
     * @param timeout milliseconds, -1 for ever
     * @return how many have events; or -1 with EFAULT, EINTR (a signal came), EINVAL or ENOMEM
     */
    int poll(int[] fds, long nfds, int timeout);

    /**
     * Makes a timer that can be waited for. timerfd_create(2)
     *
     * @param clockid {@link Linux#CLOCK_MONOTONIC}
     * @param flags {@link Linux#TFD_CLOEXEC} or 0
     * @return a file descriptor; or -1 with EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM or EPERM
     */
    int timerfd_create(int clockid, int flags);

    /**
     * Sets such a timer. timerfd_create(2)
     *
     * @param fd the timer
     * @param flags 0 for a time from now on
     * @param newValue seconds and nanoseconds of the interval, 0 for once, and the same until the first time
     * @return 0; or -1 with EBADF, ECANCELED, EFAULT or EINVAL, also where it is another file's descriptor
     */
    int timerfd_settime(int fd, int flags, long[] newValue);

    /**
     * Reads the niceness of a thread. getpriority(2)
     *
     * @param which {@link Linux#PRIO_PROCESS}
     * @param who a thread id; 0 for the calling thread
     * @return from -20 (goes first) to 19; also -1 with EINVAL or ESRCH
     */
    int getpriority(int which, int who);

    /**
     * Sets the niceness of a thread. setpriority(2)
     *
     * @param prio from -20 to 19
     * @return 0, or -1 with EACCES (lowering the number takes CAP_SYS_NICE), EINVAL, EPERM or ESRCH
     */
    int setpriority(int which, int who, int prio);

    /**
     * Reads by which policy a thread is scheduled. sched_getscheduler(2)
     *
     * @param pid a thread id, despite its name; 0 for the calling thread
     * @return for example {@link Linux#SCHED_OTHER}; or -1 with EINVAL, EPERM or ESRCH
     */
    int sched_getscheduler(int pid);

    /**
     * Sets the policy by which a thread is scheduled. sched_setscheduler(2)
     *
     * @param pid a thread id, despite its name; 0 for the calling thread
     * @param policy for example {@link Linux#SCHED_BATCH}
     * @param param the priority at 0: 0 but for real time
     * @return 0, or -1 with EINVAL, EPERM or ESRCH
     */
    int sched_setscheduler(int pid, int policy, int[] param);

    /**
     * Sends a signal to a process. kill(2)
     *
     * @param sig for example {@link Linux#SIGQUIT}
     * @return 0, or -1 with EINVAL, EPERM or ESRCH
     */
    int kill(int pid, int sig);

    /**
     * Reads a clock. clock_gettime(2)
     *
     * @param clockid for example {@link Linux#CLOCK_THREAD_CPUTIME_ID}
     * @param tp filled with seconds at 0 and nanoseconds at 1
     * @return 0, or -1 with EFAULT or EINVAL
     */
    int clock_gettime(int clockid, long[] tp);

    /**
     * Reads a setting of the system. sysconf(3)
     *
     * @return the value, or -1
     */
    long sysconf(int name);

    /**
     * Why the calling thread's last call through this interface failed. errno(3)
     *
     * @return one of {@link Errno}; meaningless after a call that succeeded
     */
    int errno();
}
