// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import io.memlock.calls.LockLimit;
import io.memlock.keeper.LockControl;
import io.memlock.manners.HeapRoom;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStat;
import io.memlock.reconcile.PassRelay;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/**
 * Registers the events, and records the periodic ones. Registering an event initialises Flight Recorder, which takes
 * 0.3 s of CPU, so it is only done while something is recorded.
 */
public final class LockEvents {

    private static final List<Class<? extends Event>> EVENTS =
            List.of(LockEvent.class, StatusEvent.class, RegionEvent.class, CoverageLostEvent.class, FaultsEvent.class);

    private static final int UNKNOWN = -1;

    private final LockControl control;
    private final ProcFs proc;
    private final PassRelay passes;
    private final PassRecorder recorder = new PassRecorder();

    private final Runnable status = new Hook(this::recordStatus);
    private final Runnable regions = new Hook(this::recordRegions);
    private final Runnable faults = new Hook(this::recordFaults);
    private final Runnable losses = new Hook(recorder::recordWhatGoesOn);

    private final FaultCount faultCount = new FaultCount();

    /** The newest recording that has been noticed. */
    private long newest;

    /**
     * Registers nothing yet.
     *
     * @param control whom the events ask
     * @param proc where page faults are read
     * @param passes tells what passes do
     */
    public LockEvents(LockControl control, ProcFs proc, PassRelay passes) {
        this.control = control;
        this.proc = proc;
        this.passes = passes;
    }

    /** Registers the events, and records what there is to tell at once: a recording may end soon. */
    public void begin() {
        newest = Recordings.newest();
        faultCount.next(statOrNull(), System.nanoTime());
        EVENTS.forEach(FlightRecorder::register);
        FlightRecorder.addPeriodicEvent(StatusEvent.class, status);
        FlightRecorder.addPeriodicEvent(RegionEvent.class, regions);
        FlightRecorder.addPeriodicEvent(FaultsEvent.class, faults);
        FlightRecorder.addPeriodicEvent(CoverageLostEvent.class, losses);
        passes.tell(recorder);
        recordAtOnce();
    }

    private void recordAtOnce() {
        refresh();
        recordStatus();
        recordRegions();
    }

    /**
     * Takes notice of what is recorded now: a new recording may end soon, too, and page faults of a time in which they were not
     * recorded are not those of the next event. Listens again to passes after a failure, as in a full heap. To be called about
     * once a second.
     */
    public void update() {
        if (!new FaultsEvent().isEnabled()) {
            faultCount.reset();
        }
        long last = newest;
        newest = Recordings.newest();
        if (newest > last) {
            recordAtOnce();
        }
        if (!passes.tells(recorder) && HeapRoom.isThere()) {
            recorder.listensAgain();
            passes.tell(recorder);
        }
    }

    /** Scans once. Where that fails the other events are still worth having. */
    private void refresh() {
        try {
            control.refresh();
        } catch (IOException | RuntimeException e) {
            // Then the numbers of a scan are shown as not known.
        }
    }

    /** Takes the events away, as far as they are there. */
    public void end() {
        passes.tell(PassRelay.NOBODY);
        List.of(status, regions, faults, losses).forEach(FlightRecorder::removePeriodicEvent);
        EVENTS.forEach(FlightRecorder::unregister);
    }

    private void recordStatus() {
        StatusEvent event = new StatusEvent();
        if (!event.isEnabled()) {
            return;
        }
        long now = System.nanoTime();
        LockStatus known = control.status();
        RegionReport report = control.report();
        RegionUsage selected = report == null ? null : report.selected(known);
        event.state = known.state().name();
        event.verifiedAgo = ago(known.verifiedAgeMillis(now));
        event.coverage = selected == null || known.regions().isEmpty() ? Float.NaN : coverage(selected);
        event.locked = selected == null ? UNKNOWN : selected.lockedBytes();
        event.resident = selected == null ? UNKNOWN : selected.residentBytes();
        event.swapped = selected == null ? UNKNOWN : selected.swappedBytes();
        event.scannedAgo = report == null ? ago(UNKNOWN) : report.ageMillis(now);
        event.charged = chargedBytes();
        event.limit = limit(known.limit());
        event.relocks = known.relockCount();
        event.commit();
    }

    /** The state is told also where {@code /proc/self} cannot be read: it is UNKNOWN soon. */
    private long chargedBytes() {
        try {
            return control.numbers().chargedBytes();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static long limit(LockLimit limit) {
        return limit.isUnlimited() ? Long.MAX_VALUE : limit.isKnown() ? limit.effectiveBytes() : UNKNOWN;
    }

    /** Flight Recorder shows the least number there is as "not known". */
    private static long ago(long millis) {
        return millis == UNKNOWN ? Long.MIN_VALUE : millis;
    }

    private static float coverage(RegionUsage usage) {
        Double coverage = usage.coverageOrNull();
        return coverage == null ? Float.NaN : coverage.floatValue();
    }

    private void recordRegions() {
        RegionReport report = control.report();
        if (report == null || !new RegionEvent().isEnabled()) {
            return;
        }
        LockStatus known = control.status();
        for (RegionUsage usage : report.regions()) {
            if (usage.mappings() > 0) {
                RegionEvent event = new RegionEvent();
                event.region = usage.regionName();
                event.selected = known.regions().contains(usage.region());
                event.coverage = coverage(usage);
                event.locked = usage.lockedBytes();
                event.resident = usage.residentBytes();
                event.swapped = usage.swappedBytes();
                event.committed = usage.committedBytes();
                event.scannedAgo = report.ageMillis(System.nanoTime());
                event.commit();
            }
        }
    }

    private void recordFaults() {
        FaultsEvent event = new FaultsEvent();
        if (!event.isEnabled()) {
            return;
        }
        FaultCount.Faults counted = faultCount.next(statOrNull(), System.nanoTime());
        if (counted == null) {
            return;
        }
        event.interval = counted.nanos();
        event.majorFaults = counted.major();
        event.minorFaults = counted.minor();
        event.majorRate = event.majorFaults * 1e9f / event.interval;
        event.minorRate = event.minorFaults * 1e9f / event.interval;
        event.commit();
    }

    private ProcessStat statOrNull() {
        try {
            return proc.stat(ProcFs.SELF);
        } catch (IOException e) {
            return null; // hidden, or no descriptor is left: then there is no event of faults
        }
    }

    /** What a thread of Flight Recorder runs. Whatever goes wrong there, the next time may go well. */
    private static final class Hook implements Runnable {

        private final Runnable task;

        Hook(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                if (HeapRoom.isThere()) {
                    task.run();
                }
            } catch (RuntimeException | Error e) {
                // Then this event is missing.
            }
        }
    }
}
