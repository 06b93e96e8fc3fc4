// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.lock.LockControl;
import io.memlock.lock.LockFailure;
import io.memlock.lock.LockStatus;
import io.memlock.lock.ProcessNumbers;
import io.memlock.lock.RegionReport;
import io.memlock.lock.RegionUsage;
import io.memlock.options.OptionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** {@link MemoryLockMXBean} from what {@link LockControl} tells. */
final class MemoryLockBean implements MemoryLockMXBean {

    private static final int UNKNOWN = -1;

    private final LockControl control;
    private final long pageBytes;
    private final String version;

    MemoryLockBean(LockControl control, long pageBytes, String version) {
        this.control = control;
        this.pageBytes = pageBytes;
        this.version = version;
    }

    @Override
    public String getMode() {
        return status().mode();
    }

    @Override
    public String getStrategy() {
        LockStatus status = status();
        return status.strategy() == null ? "none" : status.strategy().optionName();
    }

    @Override
    public String getState() {
        return status().state().name();
    }

    @Override
    public long getLockedBytes() {
        RegionReport report = control.report();
        return report == null ? UNKNOWN : report.total().lockedBytes();
    }

    @Override
    public long getLockedBytesAgeMillis() {
        RegionReport report = control.report();
        return report == null ? UNKNOWN : (System.nanoTime() - report.takenNanos()) / 1_000_000;
    }

    @Override
    public long getChargedBytes() {
        return now(ProcessNumbers::chargedBytes);
    }

    @Override
    public long getResidentBytes() {
        return now(ProcessNumbers::residentBytes);
    }

    @Override
    public long getSwappedBytes() {
        return now(ProcessNumbers::swappedBytes);
    }

    @Override
    public double getCoverage() {
        RegionReport report = control.report();
        return report == null ? UNKNOWN : report.total(status().regions()).coverage();
    }

    @Override
    public long getMajorFaults() {
        return now(ProcessNumbers::majorFaults);
    }

    @Override
    public long getLimitBytes() {
        return status().limit().effectiveBytes();
    }

    @Override
    public long getPageSizeBytes() {
        return pageBytes;
    }

    @Override
    public List<RegionRow> getRegions() {
        List<RegionRow> rows = new ArrayList<>();
        RegionReport report = control.report();
        if (report != null) {
            for (RegionUsage usage : report.regions()) {
                rows.add(new RegionRow(usage));
            }
        }
        return rows;
    }

    @Override
    public long getRelockCount() {
        return status().relockCount();
    }

    @Override
    public long getFailureCount() {
        return status().failureCount();
    }

    @Override
    public String getLastFailure() {
        LockFailure failure = status().lastFailure();
        return failure == null ? "" : failure.text(status().state().name());
    }

    @Override
    public long getLastScanMillis() {
        RegionReport report = control.report();
        return report == null ? UNKNOWN : report.tookNanos() / 1_000_000;
    }

    @Override
    public String getVersion() {
        return version;
    }

    @Override
    public void refresh() {
        try {
            control.refresh();
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage()); // a type every client has
        }
    }

    @Override
    public String lock(String options) {
        try {
            return control.lock(options);
        } catch (OptionException e) {
            throw new IllegalArgumentException(e.getMessage());
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    @Override
    public String unlock() {
        try {
            return control.unlock();
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    @Override
    public String diagnose() {
        try {
            return control.diagnose();
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }

    private LockStatus status() {
        return control.status();
    }

    private long now(ToLongFunction<ProcessNumbers> number) {
        try {
            return number.applyAsLong(control.numbers());
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
