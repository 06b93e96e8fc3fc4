// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.memory.FilePieces;
import java.util.function.Consumer;

/**
 * The sums over all mappings: {@code /proc/PID/smaps_rollup}, since Linux 4.14. proc_pid_smaps(5)
 *
 * <p>What the kernel does not print is 0.
 *
 * @param pssBytes resident, each page divided by the number of its mappings
 * @param swapBytes swapped out; of shared memory once for each mapping of it
 * @param swapPssBytes swapped out, each page divided by the number of its users; without shared memory
 * @param lockedBytes resident and locked, counted as pssBytes is
 * @param hugetlbBytes resident as huge pages of hugetlbfs, which no other number counts. What several mappings show of one
 *     file counts once where the mappings are added up one by one
 */
public record SmapsRollup(long pssBytes, long swapBytes, long swapPssBytes, long lockedBytes, long hugetlbBytes) {

    /** Returns what is in RAM. */
    public long residentBytes() {
        return pssBytes + hugetlbBytes;
    }

    /** Returns what of it is locked, or of hugetlbfs, whose pages are never swapped. */
    public long lockedOrHugetlbBytes() {
        return lockedBytes + hugetlbBytes;
    }

    /** Adds up the one paragraph of {@code smaps_rollup}, or all those of {@code smaps}. */
    static final class Sum implements Consumer<SmapsEntry> {

        private SmapsRollup total = new SmapsRollup(0, 0, 0, 0, 0);
        private FilePieces pieces;
        private boolean isEmpty = true;

        @Override
        public void accept(SmapsEntry entry) {
            isEmpty = false;
            total = new SmapsRollup(
                    total.pssBytes + entry.pssBytes(),
                    total.swapBytes + entry.swapBytes(),
                    total.swapPssBytes + entry.swapPssBytes(),
                    total.lockedBytes + entry.lockedBytes(),
                    total.hugetlbBytes + unseenHugetlbBytes(entry));
        }

        private long unseenHugetlbBytes(SmapsEntry entry) {
            if (entry.hugetlbBytes() == 0) {
                return 0; // with most JVMs, which need no more classes than this one before main
            }
            if (pieces == null) {
                pieces = new FilePieces();
            }
            return pieces.unseenPart(entry.mapping(), entry.hugetlbBytes());
        }

        boolean isEmpty() {
            return isEmpty;
        }

        SmapsRollup total() {
            return total;
        }
    }
}
