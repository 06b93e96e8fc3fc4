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
 */
public record LockLimit(long softBytes, long hardBytes, int probeErrno) {

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
        long[] rlimit = new long[2];
        libc.getrlimit(Linux.RLIMIT_MEMLOCK, rlimit);
        int probeErrno = probe(libc);
        // Only now: with CAP_IPC_LOCK the limit does not matter, and is left as the user set it.
        if (probeErrno != 0 && rlimit[0] != rlimit[1]) {
            if (libc.setrlimit(Linux.RLIMIT_MEMLOCK, new long[] {rlimit[1], rlimit[1]}) == 0) {
                rlimit[0] = rlimit[1];
                probeErrno = probe(libc);
            }
        }
        return new LockLimit(bytes(rlimit[0]), bytes(rlimit[1]), probeErrno);
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

    /**
     * Reserves more address space than there is memory and locks it on-fault: nothing is populated, and the whole range
     * counts against the limit at once. 5 microseconds.
     */
    private static int probe(LibC libc) {
        for (long length = LARGEST_PROBE; length >= SMALLEST_PROBE; length >>= 2) {
            long address = libc.mmap(
                    0, length, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0);
            // A smaller address space (RLIMIT_AS, 39-bit aarch64) takes a smaller probe, and holds less to lock.
            if (address != LibC.MAP_FAILED) {
                int errno = libc.mlock2(address, length, Linux.MLOCK_ONFAULT) == 0 ? 0 : libc.errno();
                libc.munmap(address, length);
                return errno;
            }
        }
        return Errno.ENOMEM;
    }

    private static long bytes(long rlim) {
        return rlim == Linux.RLIM_INFINITY ? -1 : rlim;
    }
}
