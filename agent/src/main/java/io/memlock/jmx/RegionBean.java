// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.memory.Region;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import java.util.List;

/** Answers {@link RegionMXBean} from the last scan. */
final class RegionBean implements RegionMXBean, Momentary {

    private final LockControl control;
    private final Region region;

    /** The scan that attributes are of; null unless several are being read. */
    private volatile RegionReport held;

    RegionBean(LockControl control, Region region) {
        this.control = control;
        this.region = region;
    }

    @Override
    public void hold() {
        held = control.report();
    }

    @Override
    public void letGo() {
        held = null;
    }

    @Override
    public boolean isSelected() {
        return control.status().regions().contains(region);
    }

    @Override
    public int getMappings() {
        return usage().mappings();
    }

    @Override
    public long getReservedBytes() {
        return usage().reservedBytes();
    }

    @Override
    public long getCommittedBytes() {
        return usage().committedBytes();
    }

    @Override
    public long getResidentBytes() {
        return usage().residentBytes();
    }

    @Override
    public long getLockedBytes() {
        return usage().lockedBytes();
    }

    @Override
    public long getSwappedBytes() {
        return usage().swappedBytes();
    }

    @Override
    public Double getCoverage() {
        RegionUsage usage = usage();
        return usage.residentBytes() == 0 ? null : (Double) usage.coverage();
    }

    private RegionUsage usage() {
        RegionReport moment = held;
        RegionReport report = moment == null ? control.report() : moment;
        if (report == null) {
            throw new IllegalStateException("there has been no scan yet");
        }
        return report.total(List.of(region));
    }
}
