// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.hotspot.LayerStatus;
import io.memlock.report.OutgrowWarning;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.List;

/** Provides what is reported about the process apart from its lock. */
public interface ProcessView {

    /**
     * Scans what each region holds: exactly while that stalls nobody, otherwise gently.
     *
     * @throws IOException if the files under {@code /proc/self} cannot be read
     */
    RegionReport scan() throws IOException;

    /** Reads the numbers of the moment from two small files. */
    ProcessNumbers numbers() throws IOException;

    /** Reads from one small file how many bytes are in RAM. */
    long residentBytes() throws IOException;

    /**
     * Reads from a few small files how much more memory the process can take before the kernel would have to kill, or to stop
     * it at {@code memory.high}.
     *
     * @return bytes, -1 if that is not known
     */
    long headroomBytes();

    /** Returns the time, as {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** Returns whether {@link HeapRoom} is there. */
    boolean hasHeapRoom();

    /** Returns whether metaspace has room for the classes of what is about to begin. */
    boolean hasMetaspaceRoom();

    /** Returns how the regions were found. */
    List<LayerStatus> layers();

    /**
     * Compares what is locked with the memory there is.
     *
     * @param status tells what is selected
     * @param report what of it is resident
     */
    OutgrowWarning outgrowWarning(LockStatus status, RegionReport report);

    /**
     * Tells what is left for the lock to protect where the kernel has nowhere to swap to, or that nobody sees in time when swap
     * would have to save the JVM.
     *
     * @return null if there is swap, and the memory cgroup can be seen
     */
    String swapNote() throws IOException;
}
