// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OwnPagemap;
import io.memlock.proc.KernelVersion;
import io.memlock.proc.ProcFs;
import java.util.function.LongSupplier;

/**
 * Faults pages in without storing anything: other threads may be using the memory.
 *
 * <p>From Linux 5.14 on it uses {@code MADV_POPULATE_*}. The version decides, not a trial: on Oracle's 5.4 kernel the
 * number of MADV_POPULATE_WRITE means MADV_DONTEXEC (JDK-8324781). On older kernels it uses {@code mlock}, which
 * populates as it locks, and then {@code mlock2(MLOCK_ONFAULT)}, which gives the locked range its flag back.
 */
public final class Populator {

    /**
     * The length of a piece in a live JVM, where nobody can map memory meanwhile. Reading it back takes a slow disk a few
     * milliseconds, allocating it 50 microseconds.
     */
    public static final long GENTLE_PIECE_BYTES = 256 << 10;

    private final LibC libc;
    private final boolean hasMadvise;

    public Populator(LibC libc, KernelVersion kernel) {
        this(libc, kernel.isAtLeast(5, 14));
    }

    private Populator(LibC libc, boolean hasMadvise) {
        this.libc = libc;
        this.hasMadvise = hasMadvise;
    }

    /** Makes a populator for this kernel. One that does not tell its version is taken for an old one. */
    public static Populator of(LibC libc, ProcFs proc) {
        return new Populator(libc, proc.isKernelAtLeast(5, 14));
    }

    /**
     * Returns whether it harms nothing to populate memory that others may unmap or uncommit meanwhile. The calls of older
     * kernels would lock what is there then.
     */
    public boolean isHarmless() {
        return hasMadvise;
    }

    /**
     * Returns the length of a piece of memory that may hold huge pages. The calls of older kernels give the piece flags of its
     * own for a moment, by which the kernel splits it off, and with it each huge page that lies across its border, for good.
     *
     * @param bytes the length where that does not matter
     * @param hugePageBytes asked where it does: how large the largest huge pages may be, 0 if there are none
     * @return a length of which the ends of the piece have to be multiples
     */
    public long pieceBytes(long bytes, LongSupplier hugePageBytes) {
        return hasMadvise ? bytes : Math.max(bytes, hugePageBytes.getAsLong());
    }

    /**
     * Faults in a range that is locked.
     *
     * @param isWrite whether untouched pages shall be allocated; otherwise only what is swapped out comes back
     * @return 0 or errno
     */
    public int populate(long start, long length, boolean isWrite) {
        if (hasMadvise) {
            int advice = isWrite ? Linux.MADV_POPULATE_WRITE : Linux.MADV_POPULATE_READ;
            return libc.madvise(start, length, advice) == 0 ? 0 : libc.errno();
        }
        int failed = libc.mlock(start, length) == 0 ? 0 : libc.errno();
        boolean isBack = libc.mlock2(start, length, Linux.MLOCK_ONFAULT) == 0; // also when mlock has failed half way
        return failed != 0 || isBack ? failed : libc.errno();
    }

    /** Has what is in swap read, without waiting and without faulting it in. Refused, that changes nothing. madvise_willneed */
    public void readAhead(long start, long length) {
        libc.madvise(start, length, Linux.MADV_WILLNEED);
    }

    /**
     * Faults in as {@link #populate} what lies between pages that nobody can access without a signal: guards of
     * MADV_GUARD_INSTALL, and what lies behind the end of a file. Where the kernel comes to one it answers EFAULT and goes no
     * further.
     *
     * @param mapping of the whole range
     * @return 0 or errno
     */
    public int populateAround(Mapping mapping, long start, long length, boolean isWrite) {
        long pageBytes = libc.sysconf(Linux.SC_PAGESIZE);
        OwnPagemap pagemap = new OwnPagemap(libc, pageBytes);
        long step = length;
        long at = start;
        while (at < start + length) {
            long bytes = Math.min(step, start + length - at);
            int failed = populate(at, bytes, isWrite);
            if (failed == Errno.EFAULT && bytes > pageBytes) {
                step = Math.max(1, bytes / pageBytes / 2) * pageBytes;
                continue;
            }
            boolean isInaccessible =
                    failed == Errno.EFAULT && (mapping.backing() == Backing.FILE || pagemap.isLikeGuard(at));
            if (failed != 0 && !isInaccessible) {
                return failed;
            }
            at += bytes;
            step = failed == 0 ? 2 * bytes : step;
        }
        return 0;
    }
}
