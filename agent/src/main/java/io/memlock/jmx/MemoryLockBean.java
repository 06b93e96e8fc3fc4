// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.keeper.LockControl;
import io.memlock.manners.OwnPermissions;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import io.memlock.options.OnFailure;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import io.memlock.state.PrefaultState;
import io.memlock.tracking.OffHeap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Implements {@link MemoryLockMXBean} by {@link LockControl}. */
final class MemoryLockBean implements MemoryLockMXBean {

    private static final int UNKNOWN = -1;

    /** The asker, as the log names it. */
    private static final String BY_JMX = "over JMX";

    private final LockControl control;
    private final OffHeap offHeap;
    private final long pageBytes;
    private final String version;
    private final LockView view;
    private final Supplier<PrefaultState> prefault;

    MemoryLockBean(
            LockControl control,
            LockView view,
            OffHeap offHeap,
            long pageBytes,
            String version,
            Supplier<PrefaultState> prefault) {
        this.control = control;
        this.prefault = prefault;
        this.offHeap = offHeap;
        this.view = view;
        this.pageBytes = pageBytes;
        this.version = version;
    }

    @Override
    public String getMode() {
        return status().asked().modeText();
    }

    @Override
    public String getStrategy() {
        LockStatus status = status();
        return status.strategy() == null ? "none" : status.strategy().optionName();
    }

    @Override
    public String getExclude() {
        return status().asked().excludeText();
    }

    @Override
    public String getMapped() {
        return status().asked().filesText();
    }

    @Override
    public String getSelection() {
        return Region.joined(status().regions());
    }

    @Override
    public String getState() {
        return status().state().name();
    }

    @Override
    public int getStateCode() {
        return status().state().code();
    }

    @Override
    public Map<String, Integer> getStates() {
        LockState current = status().state();
        Map<String, Integer> states = new TreeMap<>();
        for (LockState state : LockState.values()) {
            states.put(state.name(), state == current ? 1 : 0);
        }
        return states;
    }

    @Override
    public long getVerifiedAgeMillis() {
        return status().verifiedAgeMillis(System.nanoTime());
    }

    @Override
    public String getPrefaultState() {
        return prefault.get().name();
    }

    @Override
    public long getLockedBytes() {
        return total(RegionUsage::lockedBytes);
    }

    @Override
    public long getLockedBytesAgeMillis() {
        RegionReport report = report();
        return report == null ? UNKNOWN : report.ageMillis(System.nanoTime());
    }

    @Override
    public long getChargedBytes() {
        return now(ProcessNumbers::chargedBytes);
    }

    @Override
    public long getResidentBytes() {
        return total(RegionUsage::residentBytes);
    }

    @Override
    public long getSwappedBytes() {
        return total(RegionUsage::swappedBytes);
    }

    @Override
    public double getCoverage() {
        RegionReport report = report();
        LockStatus status = status();
        return report == null || status.regions().isEmpty()
                ? UNKNOWN
                : report.selected(status).coverage();
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
    public long getHeadroomBytes() {
        return OwnPermissions.get(control::headroomBytes);
    }

    @Override
    public long getPageSizeBytes() {
        return pageBytes;
    }

    @Override
    public List<RegionRow> getRegions() {
        RegionReport report = report();
        return report == null
                ? List.of()
                : report.regions().stream().map(RegionRow::new).toList();
    }

    @Override
    public OffHeapRow getOffHeap() {
        return OwnPermissions.get(() -> new OffHeapRow(offHeap)); // the caller may be a client with few
    }

    @Override
    public List<AllocatingClassRow> getOffHeapByClass() {
        return offHeap.byClass().stream().map(AllocatingClassRow::new).toList();
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
        return failure == null ? "" : failure.text(LockControl.LAST_FAILURE);
    }

    @Override
    public long getLastScanMillis() {
        RegionReport report = report();
        return report == null ? UNKNOWN : report.tookNanos() / 1_000_000;
    }

    @Override
    public String getVersion() {
        return version;
    }

    @Override
    public void refresh() {
        answer(() -> {
            control.refresh();
            return null;
        });
    }

    @Override
    public String lock(String options) {
        AgentOptions wanted;
        try {
            wanted = OptionParser.parse(options);
        } catch (OptionException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
        if (!wanted.jmx()) {
            throw new IllegalArgumentException(
                    "jmx=off would remove this MBean, and nothing could undo it over JMX. Use:"
                            + " java -jar memlock-agent.jar attach PID OPTIONS,jmx=off");
        }
        String answer = answer(() -> control.lock(wanted, BY_JMX).text());
        return wanted.onFailure() == OnFailure.EXIT
                ? answer + "\non-failure=exit is ignored: it counts at start only"
                : answer;
    }

    @Override
    public String unlock() {
        return answer(() -> control.unlock(BY_JMX).text());
    }

    @Override
    public void countSegments() {
        OwnPermissions.of(() -> {
                    try {
                        offHeap.countSegments();
                    } catch (ReflectiveOperationException | LinkageError e) {
                        throw new IllegalStateException("native segments cannot be counted on " + Runtime.version()
                                + " (it takes JDK 22 or later): " + e);
                    }
                })
                .run();
    }

    @Override
    public void sampleOffHeap() {
        OwnPermissions.of(() -> {
                    try {
                        offHeap.sample();
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException("neither direct buffers nor native segments can be sampled on "
                                + Runtime.version() + ": " + e.getMessage());
                    }
                })
                .run();
    }

    @Override
    public String diagnose() {
        return answer(control::diagnose);
    }

    private interface Operation {
        String run() throws IOException;
    }

    /** Carries out an operation, for a client that may have few permissions. What it throws is of a type that all have. */
    private static String answer(Operation operation) {
        return OwnPermissions.get(() -> {
            try {
                return operation.run();
            } catch (IOException e) {
                throw new IllegalStateException(e.getMessage());
            }
        });
    }

    private LockStatus status() {
        return view.status();
    }

    private RegionReport report() {
        return view.report();
    }

    /** Returns a number of all regions together; unknown before the first scan. */
    private long total(ToLongFunction<RegionUsage> number) {
        RegionReport report = report();
        return report == null ? UNKNOWN : number.applyAsLong(report.total());
    }

    private long now(ToLongFunction<ProcessNumbers> number) {
        try {
            return number.applyAsLong(control.numbers());
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
