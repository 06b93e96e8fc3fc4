// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.report.RegionUsage;

/** One row of the {@code Regions} attribute. With getters, because an MXBean on JDK 17 does not map records. */
public final class RegionRow {

    private final RegionUsage usage;

    RegionRow(RegionUsage usage) {
        this.usage = usage;
    }

    /** Name, as in the options. */
    public String getRegion() {
        return usage.regionName();
    }

    /** Mappings that belong to it, whole or in part. */
    public int getMappings() {
        return usage.mappings();
    }

    /** Length of its mappings. */
    public long getReservedBytes() {
        return usage.reservedBytes();
    }

    /** Length of its accessible mappings. */
    public long getCommittedBytes() {
        return usage.committedBytes();
    }

    /** In RAM. */
    public long getResidentBytes() {
        return usage.residentBytes();
    }

    /** In RAM and locked. */
    public long getLockedBytes() {
        return usage.lockedBytes();
    }

    /** In swap. */
    public long getSwappedBytes() {
        return usage.swappedBytes();
    }

    /** Locked of resident bytes, from 0 to 1. */
    public double getCoverage() {
        return usage.coverage();
    }
}
