// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.memory.Bytes;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsRollup;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;
import java.io.IOException;

/** Builds the line that is printed at the start. */
final class StartReport {

    private StartReport() {}

    /**
     * Returns the line.
     *
     * @param locked what the kernel says is locked now, and of what
     * @param chargedBytes VmLck
     * @param millis from the JVM's call of the agent to the lock
     */
    static String line(String locked, LockStatus status, long chargedBytes, long millis) {
        return locked + ", charged " + Bytes.text(chargedBytes) + ", limit "
                + status.limit().text() + ", in " + millis + " ms";
    }

    /** Takes one sum of the kernel's, which is enough with everything selected: a JVM that ends soon still sees the line. */
    static String ofWholeProcess(ProcFs proc, LockStatus status) throws IOException {
        SmapsRollup rollup = proc.smapsRollup(ProcFs.SELF);
        return RegionReport.describe(rollup.lockedOrHugetlbBytes(), rollup.residentBytes(), status);
    }
}
