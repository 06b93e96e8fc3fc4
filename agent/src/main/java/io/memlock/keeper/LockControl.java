// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.hotspot.LayerStatus;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.log.Log;
import io.memlock.memory.Bytes;
import io.memlock.options.AgentOptions;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockFailure;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows the lock and changes it while the JVM runs, for JMX and an attach, on their own threads. Each call restarts the
 * keeper if it has ended.
 */
public final class LockControl {

    /** What stands before the text of the last failure, which may be over. */
    public static final String LAST_FAILURE = "last failure";

    private final MemoryLock lock;
    private final ProcessView process;
    private final Scans scans;
    private final StateAnnouncer announcer;
    private final Log log;
    private final Background background;
    private final PacedChanges changes;

    LockControl(
            MemoryLock lock,
            ProcessView process,
            Scans scans,
            PacedChanges changes,
            StateAnnouncer announcer,
            Log log,
            Background background) {
        this.lock = lock;
        this.process = process;
        this.scans = scans;
        this.announcer = announcer;
        this.log = log;
        this.background = background;
        this.changes = changes;
    }

    /** Returns what is known of the lock. This is free. */
    public LockStatus status() {
        background.start();
        return lock.status();
    }

    /**
     * Returns until when the state can be believed that the reporter publishes now. What the keeper verifies later is
     * published when the reporter looks again: after its period, and after a scan, which takes seconds in a large JVM.
     *
     * @return a {@link System#nanoTime}; {@link Long#MAX_VALUE} if the state does not age
     */
    public long goodUntilNanos() {
        long lag = Reporter.PERIOD_NANOS + scans.nextTakesNanos();
        long goodUntil = lock.goodUntilNanos();
        return goodUntil == Long.MAX_VALUE ? goodUntil : goodUntil + lag;
    }

    /** Returns the last scan, null before the first. This is free. */
    public RegionReport report() {
        return scans.last();
    }

    /**
     * Reads the numbers of the moment from two small files of {@code /proc}.
     *
     * @throws IOException if they cannot be read
     */
    public ProcessNumbers numbers() throws IOException {
        return process.numbers().less(lock.zgcMirror().bytes());
    }

    /**
     * Reads from a few small files how much more memory this process can take before the kernel would have to kill, or to stop
     * it at {@code memory.high}.
     *
     * @return bytes, -1 if that is not known
     */
    public long headroomBytes() {
        return process.headroomBytes();
    }

    /**
     * Scans, unless somebody has just done so: a scan walks page tables.
     *
     * @throws IOException if smaps cannot be read
     */
    public void refresh() throws IOException {
        scans.refresh();
    }

    /**
     * Locks by new options from now on, without a stall.
     *
     * @param wanted the options that replace all earlier ones
     * @param asker who asks, for the log
     * @return what came of it
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public LockAnswer lock(AgentOptions wanted, String asker) throws IOException {
        Outcome outcome;
        try {
            outcome = changes.change(wanted);
        } catch (IOException | RuntimeException | Error e) {
            if (lock.follows(wanted)) {
                announceUnfinished(wanted, asker, e);
            }
            throw e;
        }
        announce((outcome.isTaken() ? "options are now " : "refused options ") + quoted(wanted), asker, outcome);
        return answer(outcome);
    }

    /**
     * Unlocks what the agent locked, without a stall.
     *
     * @param asker who asks, for the log
     * @return what came of it
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public LockAnswer unlock(String asker) throws IOException {
        Outcome outcome;
        try {
            outcome = lock.unlock();
        } catch (IOException | RuntimeException | Error e) {
            announceUnfinished("unlocking", asker, e);
            throw e;
        }
        announce(outcome.isDone() ? "unlocked" : "asked to unlock, but could not unlock everything", asker, outcome);
        return answer(outcome);
    }

    private LockAnswer answer(Outcome outcome) {
        String found = describeChange(outcome.status());
        announcer.lockChanged();
        LockFailure failure = outcome.failure();
        String text =
                failure == null ? found : failure.text(outcome.status().state().name());
        return new LockAnswer(outcome.isDone(), text + outcome.undone());
    }

    /** Tells what is locked after a change. The change is made, whether that can be told or not. */
    String describeChange(LockStatus changed) {
        try {
            scans.scanAfter(process.nanoTime());
            LockStatus now = lock.status();
            return now.asked().equals(changed.asked())
                    ? describe(changed)
                    : changed.state() + ", but it was changed again; now " + describe(now);
        } catch (IOException | RuntimeException e) {
            return changed.state() + ": cannot tell how much is locked: " + e.getMessage();
        }
    }

    private void announce(String what, String asker, Outcome outcome) {
        background.start();
        LockStatus changed = outcome.status();
        log.info(what + ", asked for " + asker + ": " + changed.state() + " (" + changed.describe() + ")");
        announceState();
        outcome.notices().forEach(log::warn);
    }

    /** Says what has changed. Where that cannot be said just now the reporter says it: the change is made. */
    private void announceState() {
        try {
            announcer.announce();
        } catch (RuntimeException | Error e) {
            log.debug("the change of state is told later: " + e);
        }
    }

    /** Tells of options that the keeper follows though their change has failed. */
    public void announceUnfinished(AgentOptions wanted, String asker, Throwable cause) {
        announceUnfinished("options " + quoted(wanted), asker, cause);
    }

    private static String quoted(AgentOptions options) {
        return '"' + options.text() + '"';
    }

    /** Tells of what was begun: the keeper goes on with it, whatever the one who asked is told. */
    private void announceUnfinished(String what, String asker, Throwable cause) {
        background.start();
        log.warn(what + ", asked for " + asker + ": not carried out yet (" + cause + "); the keeper goes on with it");
        announceState();
    }

    /**
     * Tells what is locked, what is not and why, and how the regions were found.
     *
     * @return some lines for a person
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public String diagnose() throws IOException {
        refresh();
        LockStatus status = status();
        List<String> lines = new ArrayList<>();
        lines.add(describe(status));
        lines.add("limit: " + status.limit().text() + " (" + status.limit().describe() + ")");
        RegionReport report = report();
        lines.add("regions, locked of resident, " + report.ageMillis(process.nanoTime()) + " ms ago:");
        for (RegionUsage usage : report.regions()) {
            lines.add("  " + usage.regionName() + ": " + Bytes.text(usage.lockedBytes()) + " of "
                    + Bytes.text(usage.residentBytes()));
        }
        lines.add("how the regions were found:");
        for (LayerStatus layer : process.layers()) {
            lines.add("  " + layer);
        }
        if (status.lastFailure() != null) {
            lines.add(status.lastFailure().text(LAST_FAILURE));
        }
        return String.join("\n", lines);
    }

    private String describe(LockStatus status) throws IOException {
        long charged = numbers().chargedBytes();
        if (status.regions().isEmpty()) {
            return status.state() + ": nothing is selected; charged " + Bytes.text(charged)
                    + (charged > 0 ? " (by the application, or not distinguishable from its locks)" : "");
        }
        return status.state() + ": " + report().describe(status) + ", charged " + Bytes.text(charged);
    }
}
