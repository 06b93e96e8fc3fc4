// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/**
 * Numbers of the Linux ABI on x86-64 and aarch64. They are the same on both, and named as in their header, unless said
 * otherwise.
 */
public final class Linux {

    // include/uapi/asm-generic/mman.h
    /** Lock all mappings there are. */
    public static final int MCL_CURRENT = 1;

    /** Lock all mappings to come. */
    public static final int MCL_FUTURE = 2;

    /** With the other two: lock pages when they are first touched, populate nothing. */
    public static final int MCL_ONFAULT = 4;

    // include/uapi/asm-generic/mman-common.h
    /** For mlock2: lock pages when they are first touched, populate nothing. */
    public static final int MLOCK_ONFAULT = 1;

    /** No access. */
    public static final int PROT_NONE = 0;

    /** Readable. */
    public static final int PROT_READ = 1;

    /** Writable. */
    public static final int PROT_WRITE = 2;

    /** Mapping of the file itself. */
    public static final int MAP_SHARED = 0x01;

    /** Private copy-on-write mapping. */
    public static final int MAP_PRIVATE = 0x02;

    /** At this address, whatever is mapped there. */
    public static final int MAP_FIXED = 0x10;

    /** Backed by no file. */
    public static final int MAP_ANONYMOUS = 0x20;

    /** Reserve no swap space. */
    public static final int MAP_NORESERVE = 0x4000;

    /** For msync: fail with EBUSY if a mapping is locked. */
    public static final int MS_INVALIDATE = 2;

    /** Read what is in swap into the swap cache, without waiting. Of a file in memory: where it has holes it keeps them. */
    public static final int MADV_WILLNEED = 3;

    /** Take pages out of the page tables; those of a shared file stay in the page cache. */
    public static final int MADV_DONTNEED = 4;

    /** Leave out of core dumps. */
    public static final int MADV_DONTDUMP = 16;

    /** Put it into core dumps again. */
    public static final int MADV_DODUMP = 17;

    /** Make pages easier to reclaim, Linux 5.4: EINVAL on a locked mapping. */
    public static final int MADV_COLD = 20;

    /** Fault pages in for reading, Linux 5.14. Before, the number meant nothing, or MADV_DOEXEC on Oracle's kernel. */
    public static final int MADV_POPULATE_READ = 22;

    /** Fault pages in for writing without storing anything, Linux 5.14. On older kernels as {@link #MADV_POPULATE_READ}. */
    public static final int MADV_POPULATE_WRITE = 23;

    // include/uapi/asm-generic/fcntl.h
    /** For open: for reading. */
    public static final int O_RDONLY = 0;

    /** For open: closed in whatever program a child runs. */
    public static final int O_CLOEXEC = 02000000;

    /** For open: finds the file, for calls that take a path through {@code /proc/self/fd}. */
    public static final int O_PATH = 010000000;

    // include/uapi/linux/fcntl.h
    /** For fcntl: what nobody may do any more with a file in memory, and EINVAL of any other. mm/memfd.c, Linux 3.17 */
    public static final int F_GET_SEALS = 1034;

    // include/uapi/linux/mman.h
    /** Where in the answer of cachestat {@code nr_evicted} is, the fourth field of {@code struct cachestat}. */
    public static final int CACHESTAT_EVICTED = 3;

    // include/uapi/linux/fs.h
    /** For ioctl on a pagemap: finds runs of pages in the same state, Linux 6.7. */
    public static final long PAGEMAP_SCAN = 0xc0606610L;

    // include/uapi/asm-generic/resource.h
    /** Bytes of locked mappings. */
    public static final int RLIMIT_MEMLOCK = 8;

    /** No limit, as an unsigned number. */
    public static final long RLIM_INFINITY = -1L;

    // include/uapi/linux/capability.h
    /** For capget: with 64 bits in each set. The header calls it {@code _LINUX_CAPABILITY_VERSION_3}. */
    public static final int CAPABILITY_VERSION_3 = 0x20080522;

    /** Allows to lock memory beyond {@link #RLIMIT_MEMLOCK}. */
    public static final int CAP_IPC_LOCK = 14;

    /** Allows much, and more threads than the user may have. */
    public static final int CAP_SYS_ADMIN = 21;

    /** Allows to exceed limits, and to raise the hard ones. */
    public static final int CAP_SYS_RESOURCE = 24;

    // include/uapi/linux/stat.h
    /** Of the mode of a file: the bits that tell its type. */
    public static final int S_IFMT = 0170000;

    /** The type of a socket. */
    public static final int S_IFSOCK = 0140000;

    // include/uapi/linux/resource.h
    /** For getpriority and setpriority: of a thread, despite its name. */
    public static final int PRIO_PROCESS = 0;

    // include/uapi/linux/sched.h
    /** For sched_setscheduler: as most threads are scheduled. */
    public static final int SCHED_OTHER = 0;

    /** For sched_setscheduler: goes before all that are scheduled otherwise, as soon as it wakes up. */
    public static final int SCHED_FIFO = 1;

    /** For sched_setscheduler: as most threads, but a thread that wakes up waits until whoever runs lets it. */
    public static final int SCHED_BATCH = 3;

    /** For sched_setscheduler, with a policy: what the thread starts is scheduled as most are. */
    public static final int SCHED_RESET_ON_FORK = 0x4000_0000;

    // include/uapi/asm-generic/poll.h
    /** For poll: there is something to read. */
    public static final int POLLIN = 1;

    /** For poll: writing does not wait. */
    public static final int POLLOUT = 4;

    // include/uapi/linux/time.h
    /** A clock that nobody sets. */
    public static final int CLOCK_MONOTONIC = 1;

    /** CPU time of the calling thread. */
    public static final int CLOCK_THREAD_CPUTIME_ID = 3;

    // include/uapi/linux/timerfd.h
    /** For timerfd_create: no program that is started inherits the timer. */
    public static final int TFD_CLOEXEC = 0x8_0000;

    // glibc bits/confname.h
    /** For sysconf: bytes in a page. The header calls it {@code _SC_PAGESIZE}. */
    public static final int SC_PAGESIZE = 30;

    // arch/x86/include/uapi/asm/signal.h and asm-generic/signal.h
    /** Has HotSpot dump its threads, or listen to those who attach. */
    public static final int SIGQUIT = 3;

    private Linux() {}

    /** Returns O_NOFOLLOW, for open: a symbolic link is an error. asm-generic/fcntl.h, arch/arm64/include/uapi/asm/fcntl.h */
    public static int noFollow() {
        return Platform.current() == Platform.AARCH64 ? 0100000 : 0400000;
    }
}
