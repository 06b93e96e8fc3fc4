// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.OpenFile;
import java.io.Closeable;
import java.io.IOException;

/**
 * Which pages are in RAM, and which are swapped out: {@code /proc/PID/pagemap}, eight bytes a page. proc_pid_pagemap(5)
 *
 * <p>Unlike smaps it answers for any range, in pieces as small as the reader likes: the kernel holds the process's
 * mmap_lock for so many pages at a time, not for a whole mapping. Where it finds runs of pages ({@link PageRuns}), these
 * are taken, and single entries are read only for what runs do not tell.
 */
public final class Pagemap implements Closeable {

    private static final int ENTRY_BYTES = 8;

    /** Bits 63, 62, 61, 58 and 56 are in a little-endian entry's eighth byte. */
    private static final int STATE_BYTE = 7;

    private static final int PRESENT = 0x80;
    private static final int SWAPPED = 0x40;

    /** The page is of a file, or shared anonymous. */
    private static final int FILE = 0x20;

    /** Not in swap, but a guard of MADV_GUARD_INSTALL. Since Linux 6.15; before, a guard looks like a page in swap. */
    private static final int GUARD = 0x04;

    /** The page is mapped nowhere else. Since Linux 4.2. */
    private static final int EXCLUSIVE = 0x01;

    /** What {@link #STATE_BYTE} may be. */
    private static final int STATES = 256;

    /** 1 MiB of address space with 4 KiB pages: some 20 microseconds. 2 KiB of entries, which the JDK reads without malloc. */
    private static final int PAGES_AT_ONCE = 256;

    private final OpenFile file;
    private final PageRuns runs;
    private final long pageBytes;
    private final byte[] entries = new byte[PAGES_AT_ONCE * ENTRY_BYTES];

    Pagemap(OpenFile file, long pageBytes) {
        this.file = file;
        this.runs = new PageRuns(file);
        this.pageBytes = pageBytes;
    }

    /**
     * Finds the runs of swapped-out pages.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param each called for one run after the other; a run may be handed over in pieces
     */
    public void forEachSwapped(long start, long end, RunConsumer each) throws IOException {
        for (long at = start; at < end; ) {
            long next = runs.find(at, end, PageRuns.SWAPPED, false);
            for (int run = 0; run < runs.count(); run++) {
                if (runs.isSwapped(run)) {
                    each.accept(runs.start(run), runs.end(run));
                }
            }
            if (next == at) {
                int pages = read(at, end);
                if (pages == 0) {
                    return;
                }
                handOver(at, pages, each);
                next = at + pages * pageBytes;
            }
            at = next;
        }
    }

    /**
     * Counts the pages of a range, whoever else has them.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param afterPiece called after each call of the kernel, to let those go first who wait for the mmap_lock
     * @return what was counted; nothing is said to be mapped elsewhere
     */
    public PageCounts count(long start, long end, Runnable afterPiece) throws IOException {
        return new Count(null, 0, false).of(start, end, afterPiece);
    }

    /**
     * Counts the pages of a range that a file is mapped to, and those of them that others map too. On Linux 6.18 a GiB in
     * RAM takes four times as long as with {@link #count}.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param afterPiece as for {@link #count}
     * @return what was counted
     */
    public PageCounts countOfFile(long start, long end, Runnable afterPiece) throws IOException {
        return new Count(null, 0, true).of(start, end, afterPiece);
    }

    /**
     * Counts the pages of a range whose pages of a file were not seen in another range.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param seen pages of the file that are not counted again, and to which those of this range are added
     * @param firstFilePage the file's page at {@code start}
     * @param afterPiece as for {@link #count}
     * @return what was counted; nothing is said to be mapped elsewhere
     */
    public PageCounts countUnseen(long start, long end, SeenPages seen, long firstFilePage, Runnable afterPiece)
            throws IOException {
        return new Count(seen, firstFilePage - start / pageBytes, false).of(start, end, afterPiece);
    }

    /** Counts pages, in pieces. */
    private final class Count {

        private final SeenPages seen;

        /** What a page of the address space has to be moved by to be that of the file. */
        private final long toFilePage;

        private final boolean asksWhoElse;

        /** How many entries had each {@link #STATE_BYTE}. */
        private final long[] pagesInState = new long[STATES];

        private long presentInRuns;
        private long swappedInRuns;

        Count(SeenPages seen, long toFilePage, boolean asksWhoElse) {
            this.seen = seen;
            this.toFilePage = toFilePage;
            this.asksWhoElse = asksWhoElse;
        }

        PageCounts of(long start, long end, Runnable afterPiece) throws IOException {
            long wanted = PageRuns.PRESENT | PageRuns.SWAPPED;
            for (long at = start; at < end; ) {
                long next = runs.find(at, end, wanted, asksWhoElse);
                if (next == at) {
                    int pages = read(at, end);
                    if (pages == 0) {
                        break;
                    }
                    addEntries(at, pages);
                    next = at + pages * pageBytes;
                } else {
                    addRuns(afterPiece);
                }
                at = next;
                afterPiece.run();
            }
            PageCounts read = sum(pagesInState);
            return new PageCounts(
                    presentInRuns + read.present(),
                    asksWhoElse ? read.mappedElsewhere() : 0,
                    swappedInRuns + read.swapped());
        }

        private void addEntries(long at, int pages) {
            if (seen != null) {
                blankSeen(pages, seen, filePage(at));
            }
            tally(entries, pages, pagesInState);
        }

        /** Adds runs. They do not tell of a file's page whether others map it, too: its entry does. */
        private void addRuns(Runnable afterPiece) throws IOException {
            for (int run = 0; run < runs.count(); run++) {
                long start = runs.start(run);
                long end = runs.end(run);
                if (asksWhoElse && runs.isPresent(run) && runs.isOfFile(run)) {
                    readRun(start, end, afterPiece);
                } else if (runs.isPresent(run)) {
                    presentInRuns += unseenPages(start, end);
                } else if (runs.isSwapped(run)) {
                    swappedInRuns += unseenPages(start, end);
                }
            }
        }

        private void readRun(long start, long end, Runnable afterPiece) throws IOException {
            int pages;
            for (long at = start; at < end && (pages = read(at, end)) > 0; at += pages * pageBytes) {
                tally(entries, pages, pagesInState);
                afterPiece.run();
            }
        }

        private long unseenPages(long start, long end) {
            return seen == null ? (end - start) / pageBytes : seen.add(filePage(start), filePage(end));
        }

        private long filePage(long address) {
            return address / pageBytes + toFilePage;
        }
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
            swapped += isSwapped(state) ? pages : 0;
            mappedElsewhere += (state & (PRESENT | FILE | EXCLUSIVE)) == (PRESENT | FILE) ? pages : 0;
        }
        return new PageCounts(present, mappedElsewhere, swapped);
    }

    /** Takes out of the buffer what was seen elsewhere, and remembers the rest. */
    private void blankSeen(int pages, SeenPages seen, long firstFilePage) {
        for (int page = 0; page < pages; page++) {
            int at = page * ENTRY_BYTES + STATE_BYTE;
            boolean isTouched = (entries[at] & PRESENT) != 0 || isSwapped(entries[at]);
            if (isTouched && !seen.add(firstFilePage + page)) {
                entries[at] = 0;
            }
        }
    }

    /** Returns whether a page was ever touched: it is in RAM or in swap. */
    public boolean isTouched(long address) throws IOException {
        int pages = read(address, address + pageBytes);
        return pages > 0 && ((entries[STATE_BYTE] & PRESENT) != 0 || isSwapped(entries[STATE_BYTE]));
    }

    private static boolean isSwapped(int state) {
        return (state & (SWAPPED | GUARD)) == SWAPPED;
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
            boolean swapped = page < pages && isSwapped(entries[page * ENTRY_BYTES + STATE_BYTE]);
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

    /** Takes runs of pages that lie side by side. */
    public interface RunConsumer {

        /** Takes a run: the addresses from start up to end. */
        void accept(long start, long end);
    }
}
