// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import io.memlock.lock.LockStatus;
import io.memlock.lock.RegionReport;
import io.memlock.lock.RegionUsage;
import io.memlock.log.Bytes;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsRollup;
import java.io.IOException;

/** The line printed at start. */
final class StartReport {

    private StartReport() {}

    /**
     * The line, with what the kernel says is locked now.
     *
     * @param status of the lock
     * @param numbers locked and resident bytes
     * @param chargedBytes VmLck
     * @param millis from the JVM's call of the agent to the lock
     */
    static String line(LockStatus status, Numbers numbers, long chargedBytes, long millis) {
        return "locked " + Bytes.text(numbers.lockedBytes()) + " of " + Bytes.text(numbers.residentBytes())
                + " resident (" + status.describe() + "), charged " + Bytes.text(chargedBytes) + ", limit "
                + Bytes.text(status.limit().effectiveBytes()) + ", in " + millis + " ms";
    }

    /**
     * Locked and resident bytes of what is selected.
     *
     * @param lockedBytes in RAM and locked
     * @param residentBytes in RAM
     */
    record Numbers(long lockedBytes, long residentBytes) {

        /** With everything selected one sum of the kernel's does, and a JVM that ends soon still sees the line. */
        static Numbers ofWholeProcess(ProcFs proc) throws IOException {
            SmapsRollup rollup = proc.smapsRollup("self");
            return new Numbers(rollup.lockedBytes(), rollup.pssBytes());
        }

        static Numbers of(RegionReport report, LockStatus status) {
            RegionUsage selected = report.total(status.regions());
            return new Numbers(selected.lockedBytes(), selected.residentBytes());
        }
    }
}
