// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.log.Bytes;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;

/**
 * How much may be locked, as tried. {@code CapEff} is not asked: it lies in user namespaces, and under seccomp.
 *
 * @param softBytes {@code RLIMIT_MEMLOCK}, soft; -1 unlimited
 * @param hardBytes {@code RLIMIT_MEMLOCK}, hard; -1 unlimited
 * @param probeErrno 0 if a mapping larger than any memory could be locked, so that no limit applies to this process;
 *     otherwise why not
 * @param hasOnFault whether the kernel has {@code MLOCK_ONFAULT}, since Linux 4.4
 */
public record LockLimit(long softBytes, long hardBytes, int probeErrno, boolean hasOnFault) {

    /**
     * More than any machine's memory, and less than 2^31 pages: from 8 TiB on the kernel counts the pages in an int that
     * overflows, and VmLck is wrong from then on (Linux {@code mm/mlock.c: mlock_fixup}; seen on 6.18).
     */
    private static final long LARGEST_PROBE = 4L << 40;

    private static final long SMALLEST_PROBE = 1L << 30;

    /**
     * Raises the soft limit to the hard one, which needs no privilege, and tries whether locking is limited at all.
     *
     * @param libc the C library
     * @return what was found
     */
    public static LockLimit establish(LibC libc) {
        return establish(libc, null);
    }

    /**
     * Tries again, on a JVM that runs: an operator may have changed the limit.
     *
     * @return what holds now; as before where it could not be tried
     */
    LockLimit again(LibC libc) {
        // One refusal may be a passing one, and the consequence is to give up MCL_FUTURE: establish tries once more.
        return isUnlimited() && Probe.of(libc).agreesWith(this) ? this : establish(libc, this);
    }

    private static LockLimit establish(LibC libc, LockLimit before) {
        long[] rlimit = new long[2];
        if (libc.getrlimit(Linux.RLIMIT_MEMLOCK, rlimit) != 0 && before != null) {
            return before;
        }
        Probe probe = Probe.of(libc);
        // Only now: with CAP_IPC_LOCK the limit does not matter, and is left as the user set it.
        if (probe.errno != 0 && rlimit[0] != rlimit[1]) {
            if (libc.setrlimit(Linux.RLIMIT_MEMLOCK, new long[] {rlimit[1], rlimit[1]}) == 0) {
                rlimit[0] = rlimit[1];
                probe = Probe.of(libc);
            }
        }
        if (!probe.isConclusive && before != null) {
            return before;
        }
        return new LockLimit(bytes(rlimit[0]), bytes(rlimit[1]), probe.errno, probe.hasOnFault);
    }

    /** Whether no limit applies: the limit is infinite, or the process has CAP_IPC_LOCK where it counts. */
    public boolean isUnlimited() {
        return probeErrno == 0;
    }

    /** What counts: -1 if unlimited, otherwise the soft limit in bytes. */
    public long effectiveBytes() {
        return isUnlimited() ? -1 : softBytes;
    }

    /**
     * The limits for a message.
     *
     * @return for example {@code RLIMIT_MEMLOCK soft 8.0 MiB, hard 8.0 MiB}
     */
    public String describe() {
        return "RLIMIT_MEMLOCK soft " + Bytes.text(softBytes) + ", hard " + Bytes.text(hardBytes);
    }

    private static long bytes(long rlim) {
        return rlim == Linux.RLIM_INFINITY ? -1 : rlim;
    }

    /**
     * What came of the try.
     *
     * @param errno 0 if it could be locked
     * @param hasOnFault whether on-fault exists
     * @param isConclusive false if there was no address space to try it on
     */
    private record Probe(int errno, boolean hasOnFault, boolean isConclusive) {

        /**
         * Reserves more address space than there is memory and locks it on-fault: nothing is populated, and the whole
         * range counts against the limit at once. 5 microseconds.
         */
        static Probe of(LibC libc) {
            int refusal = Errno.ENOMEM;
            for (long length = LARGEST_PROBE; length >= SMALLEST_PROBE; length >>= 2) {
                long address = libc.mmap(
                        0,
                        length,
                        Linux.PROT_NONE,
                        Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE,
                        -1,
                        0);
                // A smaller address space (RLIMIT_AS, 39-bit aarch64) takes a smaller probe, and holds less to lock.
                if (address != LibC.MAP_FAILED) {
                    Probe probe = lock(libc, address, length);
                    libc.munmap(address, length);
                    return probe;
                }
                refusal = libc.errno();
            }
            // EAGAIN is what MCL_FUTURE under a limit answers to any mapping.
            return new Probe(Errno.ENOMEM, true, refusal == Errno.EAGAIN);
        }

        /** Whether nothing has changed. What the limit is by now does not matter where none applies. */
        boolean agreesWith(LockLimit limit) {
            return errno == limit.probeErrno && hasOnFault == limit.hasOnFault;
        }

        private static Probe lock(LibC libc, long address, long length) {
            if (libc.mlock2(address, length, Linux.MLOCK_ONFAULT) == 0) {
                return new Probe(0, true, true);
            }
            int errno = libc.errno();
            if (errno != Errno.ENOSYS && errno != Errno.EINVAL) {
                return new Probe(errno, true, true);
            }
            // Before 4.4. Without access nothing can be populated either: mlock fails with ENOMEM after it has locked,
            // and with ENOMEM before it has where the limit is in the way. Which of the two, the mapping tells.
            int plain = libc.mlock(address, length) == 0 ? 0 : libc.errno();
            boolean locked = plain == 0
                    || (plain == Errno.ENOMEM
                            && libc.msync(address, 1, Linux.MS_INVALIDATE) != 0
                            && libc.errno() == Errno.EBUSY);
            return new Probe(locked ? 0 : plain, false, true);
        }
    }
}
