// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Bytes;
import io.memlock.memory.Region;

/**
 * Holds the sizes of one region. Resident and locked bytes are proportional, as the kernel counts {@code Pss}: a page
 * that two mappings or two processes share counts half in each. That way ZGC's three views of its heap add up to the
 * heap. So are swapped bytes, but for shared memory, which counts in full in each process and once in this one.
 *
 * @param region the region
 * @param mappings how many mappings belong to it, whole or in part
 * @param reservedBytes length of these mappings
 * @param committedBytes length of what is accessible
 * @param residentBytes in RAM
 * @param lockedBytes in RAM and locked
 * @param swappedBytes in swap
 */
public record RegionUsage(
        Region region,
        int mappings,
        long reservedBytes,
        long committedBytes,
        long residentBytes,
        long lockedBytes,
        long swappedBytes) {

    /** Returns the region's name, as in the options. */
    public String regionName() {
        return region.optionName();
    }

    /** Returns {@link #coverage} for those who can show that there is none: null if nothing is resident. */
    public Double coverageOrNull() {
        return residentBytes == 0 ? null : (Double) coverage();
    }

    /** Returns locked of resident bytes, from 0 to 1; 1 if nothing is resident. */
    public double coverage() {
        return Bytes.coverage(lockedBytes, residentBytes);
    }
}
