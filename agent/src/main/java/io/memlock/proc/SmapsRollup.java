// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

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
 */
public record SmapsRollup(long pssBytes, long swapBytes, long swapPssBytes, long lockedBytes) {

    /** Adds up the one paragraph of {@code smaps_rollup}, or all those of {@code smaps}. */
    static final class Sum implements Consumer<SmapsEntry> {

        private SmapsRollup total = new SmapsRollup(0, 0, 0, 0);
        private boolean isEmpty = true;

        @Override
        public void accept(SmapsEntry entry) {
            isEmpty = false;
            total = new SmapsRollup(
                    total.pssBytes + entry.pssBytes(),
                    total.swapBytes + entry.swapBytes(),
                    total.swapPssBytes + entry.swapPssBytes(),
                    total.lockedBytes + entry.lockedBytes());
        }

        boolean isEmpty() {
            return isEmpty;
        }

        SmapsRollup total() {
            return total;
        }
    }
}
