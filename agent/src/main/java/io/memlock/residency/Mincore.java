// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.os.LibC;

/** How much of a file is in RAM, whoever maps it: mincore(2). */
final class Mincore {

    private static final int PAGES_AT_ONCE = 1024;
    private static final int IN_RAM = 1;

    private final LibC libc;
    private final long pageBytes;
    private final byte[] states = new byte[PAGES_AT_ONCE];

    Mincore(LibC libc, long pageBytes) {
        this.libc = libc;
        this.pageBytes = pageBytes;
    }

    /**
     * Counts what is not in RAM. What the kernel does not tell, as of a range that is not mapped any more, is not counted.
     *
     * @param start page-aligned
     * @param end page-aligned
     */
    long absentBytes(long start, long end) {
        long absent = 0;
        long piece = PAGES_AT_ONCE * pageBytes;
        for (long at = start; at < end; at += piece) {
            long length = Math.min(piece, end - at);
            if (libc.mincore(at, length, states) == 0) {
                absent += absentPages((int) (length / pageBytes)) * pageBytes;
            }
        }
        return absent;
    }

    /**
     * Finds the first page that is in RAM, or that is not.
     *
     * @param start page-aligned
     * @param end page-aligned, at most 1024 pages behind
     * @return its address; the end where there is none. Where the kernel does not tell, no page counts as in RAM
     */
    long first(boolean isInRam, long start, long end) {
        if (start < end && libc.mincore(start, end - start, states) != 0) {
            return isInRam ? end : start;
        }
        for (long at = start; at < end; at += pageBytes) {
            if ((states[(int) ((at - start) / pageBytes)] & IN_RAM) == (isInRam ? IN_RAM : 0)) {
                return at;
            }
        }
        return end;
    }

    private long absentPages(int pages) {
        long absent = 0;
        for (int page = 0; page < pages; page++) {
            absent += (states[page] & IN_RAM) == 0 ? 1 : 0;
        }
        return absent;
    }
}
