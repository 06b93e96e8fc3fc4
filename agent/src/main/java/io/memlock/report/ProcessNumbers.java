// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;

/**
 * Holds numbers of this process at one moment.
 *
 * @param chargedBytes length of all locked mappings (VmLck)
 * @param residentBytes in RAM (VmRSS, less what is in our own view of ZGC's heap)
 * @param swappedBytes in swap (VmSwap)
 * @param majorFaults page faults that had to read from disk, since the process started; -1 if they are not known
 */
public record ProcessNumbers(long chargedBytes, long residentBytes, long swappedBytes, long majorFaults) {

    /**
     * Reads them.
     *
     * @throws IOException if the status of the process cannot be read
     */
    public static ProcessNumbers of(ProcFs proc, String process) throws IOException {
        ProcessStatus status = proc.status(process);
        return new ProcessNumbers(
                status.vmLckBytes(), status.vmRssBytes(), status.vmSwapBytes(), majorFaults(proc, process));
    }

    private static long majorFaults(ProcFs proc, String process) {
        try {
            return proc.stat(process).majorFaults();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Returns these numbers without the bytes of the mirror, which are counted twice. */
    public ProcessNumbers less(long mirrorBytes) {
        return new ProcessNumbers(chargedBytes, residentBytes - mirrorBytes, swappedBytes, majorFaults);
    }
}
