// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.hotspot.LayerStatus;
import io.memlock.report.OutgrowWarning;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.List;

/** What is reported of the process beside its lock. */
public interface ProcessView {

    /**
     * What each region holds: exactly while that stalls nobody, otherwise gently.
     *
     * @throws IOException if the files under {@code /proc/self} cannot be read
     */
    RegionReport scan() throws IOException;

    /**
     * Numbers of the moment, from two small files.
     *
     * @throws IOException if they cannot be read
     */
    ProcessNumbers numbers() throws IOException;

    /**
     * Bytes in RAM, from one small file.
     *
     * @throws IOException if it cannot be read
     */
    long residentBytes() throws IOException;

    /** {@link HeapRoom} */
    boolean hasHeapRoom();

    /** How the regions are found. */
    List<LayerStatus> layers();

    /**
     * What is locked against what there is.
     *
     * @param status tells what is selected
     * @param report what of it is resident
     */
    OutgrowWarning outgrowWarning(LockStatus status, RegionReport report);

    /**
     * Where the kernel has nowhere to swap to, what is left for the lock to protect.
     *
     * @return null if there is swap
     * @throws IOException if that cannot be read
     */
    String swapNote() throws IOException;
}
