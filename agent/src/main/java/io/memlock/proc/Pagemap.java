// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;

/**
 * Which pages are in RAM, and which are swapped out: {@code /proc/PID/pagemap}, eight bytes a page. proc_pid_pagemap(5)
 *
 * <p>Unlike smaps it answers for any range, in pieces as small as the reader likes: the kernel holds the process's
 * mmap_lock for so many pages at a time (2 MiB of address space at most), not for a whole mapping.
 */
public final class Pagemap implements Closeable {

    private static final int ENTRY_BYTES = 8;

    /** Bits 63, 62, 61 and 56 are in a little-endian entry's eighth byte. */
    private static final int STATE_BYTE = 7;

    private static final int PRESENT = 0x80;
    private static final int SWAPPED = 0x40;

    /** The page is of a file, or shared anonymous. */
    private static final int FILE = 0x20;

    /** The page is mapped nowhere else. Since Linux 4.2. */
    private static final int EXCLUSIVE = 0x01;

    /** What {@link #STATE_BYTE} may be. */
    private static final int STATES = 256;

    /** 1 MiB of address space with 4 KiB pages: some 20 microseconds. 2 KiB of entries, which the JDK reads without malloc. */
    private static final int PAGES_AT_ONCE = 256;

    private final OpenFile file;
    private final long pageBytes;
    private final byte[] entries = new byte[PAGES_AT_ONCE * ENTRY_BYTES];

    Pagemap(OpenFile file, long pageBytes) {
        this.file = file;
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
        for (long at = start; at < end; ) {
            int pages = read(at, end);
            if (pages == 0) {
                return;
            }
            handOver(at, pages, each);
            at += pages * pageBytes;
        }
    }

    /**
     * Counts the pages of a range.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param seen pages of the file behind the range that are not counted again, and to which those of this range are
     *     added; null for private memory
     * @param firstFilePage the file's page at {@code start}
     * @param afterPiece called after each read, to let those go first who wait for the mmap_lock
     * @return what was counted
     * @throws IOException if reading fails
     */
    public PageCounts count(long start, long end, BitSet seen, long firstFilePage, Runnable afterPiece)
            throws IOException {
        long[] pagesInState = new long[STATES];
        for (long at = start; at < end; ) {
            int pages = read(at, end);
            if (pages == 0) {
                break;
            }
            if (seen != null) {
                blankSeen(pages, seen, (int) (firstFilePage + (at - start) / pageBytes));
            }
            tally(entries, pages, pagesInState);
            at += pages * pageBytes;
            afterPiece.run();
        }
        PageCounts all = sum(pagesInState);
        return seen == null ? all : new PageCounts(all.present(), 0, all.swapped());
    }

    /**
     * Counts. No more than this is done for each page, and without a branch: the JVM compiles it beside its
     * application.
     */
    private static void tally(byte[] entries, int pages, long[] pagesInState) {
        for (int page = 0; page < pages; page++) {
            pagesInState[entries[page * ENTRY_BYTES + STATE_BYTE] & 0xff]++;
        }
    }

    private static PageCounts sum(long[] pagesInState) {
        long present = 0;
        long mappedElsewhere = 0;
        long swapped = 0;
        for (int state = 0; state < STATES; state++) {
            long pages = pagesInState[state];
            present += (state & PRESENT) != 0 ? pages : 0;
            swapped += (state & SWAPPED) != 0 ? pages : 0;
            mappedElsewhere += (state & (PRESENT | FILE | EXCLUSIVE)) == (PRESENT | FILE) ? pages : 0;
        }
        return new PageCounts(present, mappedElsewhere, swapped);
    }

    /** Takes out of the buffer what was seen elsewhere, and remembers the rest. */
    private void blankSeen(int pages, BitSet seen, int firstFilePage) {
        for (int page = 0; page < pages; page++) {
            int at = page * ENTRY_BYTES + STATE_BYTE;
            if ((entries[at] & (PRESENT | SWAPPED)) != 0) {
                int filePage = firstFilePage + page;
                if (seen.get(filePage)) {
                    entries[at] = 0;
                }
                seen.set(filePage);
            }
        }
    }

    /** Returns how many entries there are now in the buffer; 0 if the mapping is gone. */
    private int read(long at, long end) throws IOException {
        int pages = (int) Math.min(PAGES_AT_ONCE, (end - at) / pageBytes);
        int read = file.readAt(at / pageBytes * ENTRY_BYTES, entries, pages * ENTRY_BYTES);
        return Math.max(0, read) / ENTRY_BYTES;
    }

    private void handOver(long at, int pages, RunConsumer each) {
        int first = -1;
        for (int page = 0; page <= pages; page++) {
            boolean swapped = page < pages && (entries[page * ENTRY_BYTES + STATE_BYTE] & SWAPPED) != 0;
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

    /**
     * Pages of a range.
     *
     * @param present in RAM
     * @param mappedElsewhere of these, pages of files that other mappings or processes hold, too
     * @param swapped in swap
     */
    public record PageCounts(long present, long mappedElsewhere, long swapped) {}

    /** Takes a run of pages. */
    public interface RunConsumer {

        /** Takes the pages from start up to end. */
        void accept(long start, long end);
    }
}
