// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.report.RegionUsage;

/** A row of the {@code Regions} attribute. It has getters, because an MXBean on JDK 17 does not map records. */
public final class RegionRow {

    private final RegionUsage usage;

    RegionRow(RegionUsage usage) {
        this.usage = usage;
    }

    /** Returns the name, as in the options. */
    public String getRegion() {
        return usage.regionName();
    }

    /** Returns the number of mappings that belong to it, whole or in part. */
    public int getMappings() {
        return usage.mappings();
    }

    /** Returns the length of its mappings. */
    public long getReservedBytes() {
        return usage.reservedBytes();
    }

    /** Returns the length of its accessible mappings. */
    public long getCommittedBytes() {
        return usage.committedBytes();
    }

    /** Returns the bytes in RAM. */
    public long getResidentBytes() {
        return usage.residentBytes();
    }

    /** Returns the bytes in RAM and locked. */
    public long getLockedBytes() {
        return usage.lockedBytes();
    }

    /** Returns the bytes in swap. */
    public long getSwappedBytes() {
        return usage.swappedBytes();
    }

    /** Returns locked of resident bytes, from 0 to 1; 1 if nothing is resident. */
    public double getCoverage() {
        return usage.coverage();
    }
}
