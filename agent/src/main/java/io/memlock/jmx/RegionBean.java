// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.memory.Region;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import java.util.List;

/** Answers {@link RegionMXBean} from the last scan. */
final class RegionBean implements RegionMXBean {

    private final LockView view;
    private final Region region;

    RegionBean(LockView view, Region region) {
        this.view = view;
        this.region = region;
    }

    @Override
    public boolean isSelected() {
        return view.status().regions().contains(region);
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
        return usage().coverageOrNull();
    }

    private RegionUsage usage() {
        RegionReport report = view.report();
        if (report == null) {
            throw new IllegalStateException("there has been no scan yet");
        }
        return report.total(List.of(region));
    }
}
