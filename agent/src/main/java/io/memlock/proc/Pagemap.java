// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Which pages are swapped out: {@code /proc/PID/pagemap}, eight bytes a page. proc_pid_pagemap(5)
 *
 * <p>Unlike smaps it answers for any range, in pieces as small as the reader likes.
 */
public final class Pagemap implements Closeable {

    private static final int ENTRY_BYTES = 8;

    /** Bit 62 is the last but one of a little-endian entry's eighth byte. */
    private static final int SWAPPED = 0x40;

    /** 2 MiB of address space with 4 KiB pages: a few microseconds of the process's mmap_lock. */
    private static final int PAGES_AT_ONCE = 512;

    private final RandomAccessFile file;
    private final long pageBytes;
    private final byte[] entries = new byte[PAGES_AT_ONCE * ENTRY_BYTES];

    /**
     * Opens a pagemap.
     *
     * @param path of the file
     * @param pageBytes the page size
     * @throws IOException if it cannot be opened, as with a process that is not dumpable
     */
    public Pagemap(String path, long pageBytes) throws IOException {
        this.file = new RandomAccessFile(path, "r");
        this.pageBytes = pageBytes;
    }

    /**
     * Finds the runs of swapped-out pages.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param each called for one run after the other; a run may be handed over in pieces
     * @throws IOException if reading fails
     */
    public void forEachSwapped(long start, long end, RunConsumer each) throws IOException {
        long at = start;
        while (at < end) {
            int pages = (int) Math.min(PAGES_AT_ONCE, (end - at) / pageBytes);
            file.seek(at / pageBytes * ENTRY_BYTES);
            int read = file.read(entries, 0, pages * ENTRY_BYTES);
            if (read < ENTRY_BYTES) {
                return; // the mapping is gone
            }
            handOver(at, read / ENTRY_BYTES, each);
            at += (long) (read / ENTRY_BYTES) * pageBytes;
        }
    }

    private void handOver(long at, int pages, RunConsumer each) {
        int first = -1;
        for (int page = 0; page <= pages; page++) {
            boolean swapped = page < pages && (entries[page * ENTRY_BYTES + 7] & SWAPPED) != 0;
            if (swapped && first < 0) {
                first = page;
            } else if (!swapped && first >= 0) {
                each.accept(at + first * pageBytes, at + page * pageBytes);
                first = -1;
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Takes a run of pages. */
    public interface RunConsumer {

        /** Pages from start up to end. */
        void accept(long start, long end);
    }
}
