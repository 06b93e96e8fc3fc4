// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.nio.charset.StandardCharsets;

/**
 * Tells whether pages of this process are in RAM: {@code /proc/self/pagemap}. proc_pid_pagemap(5)
 *
 * <p>It makes only calls that no JVM can do without. mincore(2) and move_pages(2) may end a process that a seccomp filter
 * judges, as in a unit with {@code SystemCallFilter=@system-service}, and gVisor's mincore takes all pages for present.
 */
public final class OwnPagemap {

    private static final byte[] PATH = "/proc/self/pagemap\0".getBytes(StandardCharsets.ISO_8859_1);

    /** The highest bit of an entry, in the byte that comes last. Documentation/admin-guide/mm/pagemap.rst */
    private static final int PRESENT = 0x80;

    private static final int SWAPPED = 0x40;
    private static final int GUARD = 0x04;

    /** What {@link #presence} returns where the process may not look, and never may while it is as it is. */
    public static final int HIDDEN = -1;

    /** What {@link #presence} returns where it could not look this time, as no file descriptor is left. */
    public static final int NOT_TOLD = -2;

    private final LibC libc;
    private final long pageBytes;

    public OwnPagemap(LibC libc, long pageBytes) {
        this.libc = libc;
        this.pageBytes = pageBytes;
    }

    /**
     * Returns 1 if a page is in RAM, 0 if it is not; {@link #HIDDEN}, as in a process that is not dumpable; or {@link
     * #NOT_TOLD}. Takes no Java lock.
     *
     * @param address page-aligned
     */
    public int presence(long address) {
        int state = state(address);
        return state < 0 ? state : (state & PRESENT) / PRESENT;
    }

    /**
     * Returns whether a page looks like a guard of MADV_GUARD_INSTALL: nobody may access it, and nothing can bring it into
     * RAM. Before Linux 6.15 a guard looks like a page in swap. Takes no Java lock.
     *
     * @param address page-aligned
     */
    public boolean isLikeGuard(long address) {
        int state = state(address);
        return state >= 0 && (state & PRESENT) == 0 && (state & (GUARD | SWAPPED)) != 0;
    }

    /** Returns the highest byte of a page's entry; {@link #HIDDEN} or {@link #NOT_TOLD} where the kernel does not tell. */
    private int state(long address) {
        byte[] entry = new byte[Long.BYTES]; // not while the file is open: the heap may be full
        int fd = libc.open(PATH, Linux.O_RDONLY | Linux.O_CLOEXEC);
        if (fd < 0) {
            int errno = libc.errno();
            return errno == Errno.EACCES || errno == Errno.EPERM ? HIDDEN : NOT_TOLD;
        }
        try {
            long read = libc.pread(fd, entry, Long.BYTES, address / pageBytes * Long.BYTES);
            return read == Long.BYTES ? entry[Long.BYTES - 1] & 0xff : NOT_TOLD;
        } finally {
            libc.close(fd);
        }
    }
}
