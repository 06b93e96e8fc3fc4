// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import java.util.function.Consumer;

/**
 * The sums over all mappings: {@code /proc/PID/smaps_rollup}, since Linux 4.14. proc_pid_smaps(5)
 *
 * <p>What the kernel does not print is 0.
 *
 * @param rssBytes resident
 * @param pssBytes resident, each page divided by the number of its mappings
 * @param anonymousBytes resident and not (or no longer) backed by a file
 * @param anonHugePagesBytes resident as transparent huge pages
 * @param hugetlbBytes resident as hugetlb pages; not part of rssBytes
 * @param swapBytes swapped out; of shared memory once for each mapping of it
 * @param swapPssBytes swapped out, each page divided by the number of its users; without shared memory
 * @param lockedBytes resident and locked, counted as pssBytes is
 */
public record SmapsRollup(
        long rssBytes,
        long pssBytes,
        long anonymousBytes,
        long anonHugePagesBytes,
        long hugetlbBytes,
        long swapBytes,
        long swapPssBytes,
        long lockedBytes) {

    private static final Keys KEYS = new Keys(
            "Rss:",
            "Pss:",
            "Anonymous:",
            "AnonHugePages:",
            "Shared_Hugetlb:",
            "Private_Hugetlb:",
            "Swap:",
            "SwapPss:",
            "Locked:");

    /**
     * Parses the file.
     *
     * @param rollup the file
     * @return the sums
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static SmapsRollup parse(Cursor rollup) {
        if (!rollup.nextLine()) {
            throw rollup.malformed("a first line");
        }
        MapsParser.mapping(rollup, FileSystems.UNKNOWN);
        long[] bytes = KEYS.kilobytes(rollup, 0);
        return new SmapsRollup(
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4] + bytes[5], bytes[6], bytes[7], bytes[8]);
    }

    /** Sums up what {@code smaps} says, where the kernel has no {@code smaps_rollup}. */
    static final class Sum implements Consumer<SmapsEntry> {

        private SmapsRollup total = new SmapsRollup(0, 0, 0, 0, 0, 0, 0, 0);

        @Override
        public void accept(SmapsEntry entry) {
            total = new SmapsRollup(
                    total.rssBytes + entry.rssBytes(),
                    total.pssBytes + entry.pssBytes(),
                    total.anonymousBytes + entry.anonymousBytes(),
                    total.anonHugePagesBytes + entry.anonHugePagesBytes(),
                    total.hugetlbBytes + entry.hugetlbBytes(),
                    total.swapBytes + entry.swapBytes(),
                    total.swapPssBytes + entry.swapPssBytes(),
                    total.lockedBytes + entry.lockedBytes());
        }

        SmapsRollup total() {
            return total;
        }
    }
}
