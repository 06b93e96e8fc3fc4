// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.OpenFile;

/**
 * Finds runs of pages in the same state by {@code PAGEMAP_SCAN}, Linux 6.7: a run of any length is one entry, and what
 * was never touched is none. A GiB in RAM takes 2.8 ms on Linux 6.18, where reading entry by entry takes 9 ms and 16
 * times as many calls.
 */
final class PageRuns {

    /** States as {@code PAGE_IS_FILE} and so on. include/uapi/linux/fs.h */
    static final long PRESENT = 1 << 3;

    static final long SWAPPED = 1 << 4;
    private static final long FILE = 1 << 2;

    /** The page that shows zeros wherever nobody has written. */
    private static final long PFNZERO = 1 << 5;

    /** A guard of MADV_GUARD_INSTALL, which is said to be swapped, too. Since Linux 6.16. */
    private static final long GUARD = 1 << 8;

    /** The kernel holds the process's mmap_lock for so much address space at most: 90 microseconds. */
    private static final long BYTES_AT_ONCE = 16L << 20;

    private static final int RUNS_AT_ONCE = 256;

    /** Fields of {@code struct page_region}. include/uapi/linux/fs.h */
    private static final int RUN_FIELDS = 3;

    private static final int RUN_END = 1;
    private static final int RUN_STATE = 2;

    /** Fields of {@code struct pm_scan_arg}, of which those not set here are 0. */
    private static final int SIZE = 0;

    private static final int START = 2;
    private static final int END = 3;
    private static final int WALK_END = 4;
    private static final int VEC_LEN = 6;
    private static final int ANY_OF = 10;
    private static final int RETURNED = 11;
    private static final int FIELDS = 12;

    private final OpenFile pagemap;
    private final long[] arg = new long[FIELDS];
    private final long[] runs = new long[RUNS_AT_ONCE * RUN_FIELDS];

    /** What {@link #runs} tells of: so much address space, and pages that have one of these states. */
    private long scannedFrom;

    private long scannedTo;
    private long scannedFor;
    private boolean scannedForFiles;
    private int scanned;

    /** The part that was asked for. */
    private long from;

    private long to;
    private int first;
    private int count;

    private boolean isRefused;
    private boolean areGuardsTold = true;

    PageRuns(OpenFile pagemap) {
        this.pagemap = pagemap;
        arg[SIZE] = (long) FIELDS * Long.BYTES;
        arg[VEC_LEN] = RUNS_AT_ONCE;
    }

    /**
     * Finds the first runs of a range. One call of the kernel answers for all small mappings that lie side by side.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @param wanted the states of which a page must have one
     * @param tellsFiles whether {@link #isOfFile} is to be known: the kernel looks at each page itself then, 11 ms for a
     *     GiB instead of 2.8
     * @return where to go on; {@code start} where the kernel has no such call
     */
    long find(long start, long end, long wanted, boolean tellsFiles) {
        first = 0;
        count = 0;
        boolean isKnown =
                wanted == scannedFor && (scannedForFiles || !tellsFiles) && start >= scannedFrom && start < scannedTo;
        // Beyond what is asked for, an address may be none of a process: then only that is scanned.
        if (!isKnown && !scanPart(start, end, wanted, tellsFiles)) {
            areGuardsTold = false; // an older kernel refuses to tell what it does not know
            if (!scanPart(start, end, wanted, tellsFiles)) {
                isRefused = true;
                return start;
            }
        }
        from = start;
        to = Math.min(end, scannedTo);
        while (first < scanned && runs[first * RUN_FIELDS + RUN_END] <= from) {
            first++;
        }
        while (first + count < scanned && runs[(first + count) * RUN_FIELDS] < to) {
            count++;
        }
        return to;
    }

    private boolean scanPart(long start, long end, long wanted, boolean tellsFiles) {
        return scan(start, start + BYTES_AT_ONCE, wanted, tellsFiles) || scan(start, end, wanted, tellsFiles);
    }

    private boolean scan(long start, long end, long wanted, boolean tellsFiles) {
        scannedTo = scannedFrom;
        if (isRefused) {
            return false;
        }
        arg[START] = start;
        arg[END] = Math.min(end, start + BYTES_AT_ONCE);
        arg[WALK_END] = 0;
        arg[ANY_OF] = wanted;
        arg[RETURNED] = PRESENT | SWAPPED | PFNZERO | (tellsFiles ? FILE : 0) | (areGuardsTold ? GUARD : 0);
        scanned = pagemap.scanPages(arg, runs);
        if (scanned < 0 || arg[WALK_END] <= start || arg[WALK_END] > arg[END]) {
            return false;
        }
        scannedFrom = start;
        scannedTo = arg[WALK_END];
        scannedFor = wanted;
        scannedForFiles = tellsFiles;
        return true;
    }

    int count() {
        return count;
    }

    long start(int run) {
        return Math.max(from, runs[(first + run) * RUN_FIELDS]);
    }

    long end(int run) {
        return Math.min(to, runs[(first + run) * RUN_FIELDS + RUN_END]);
    }

    boolean isSwapped(int run) {
        return has(run, SWAPPED) && !has(run, GUARD);
    }

    /** Returns whether it is in RAM. The page of zeros is not: smaps does not count it either. */
    boolean isPresent(int run) {
        return has(run, PRESENT) && !has(run, PFNZERO);
    }

    boolean isOfFile(int run) {
        return has(run, FILE);
    }

    private boolean has(int run, long state) {
        return (runs[(first + run) * RUN_FIELDS + RUN_STATE] & state) != 0;
    }
}
