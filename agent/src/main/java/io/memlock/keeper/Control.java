// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.hotspot.LayerStatus;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.log.Log;
import io.memlock.log.UtcTime;
import io.memlock.memory.Bytes;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionsInForce;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockFailure;
import io.memlock.state.LockStatus;
import java.io.IOException;

/** What JMX and an attach ask of the lock, on their own threads. Whoever asks has a dead keeper revived. */
final class Control implements LockControl {

    private final MemoryLock lock;
    private final ProcessView process;
    private final Scans scans;
    private final StateAnnouncer announcer;
    private final OptionsInForce options;
    private final Log log;
    private final LastingThreads threads;

    Control(
            MemoryLock lock,
            ProcessView process,
            Scans scans,
            StateAnnouncer announcer,
            OptionsInForce options,
            Log log,
            LastingThreads threads) {
        this.lock = lock;
        this.process = process;
        this.scans = scans;
        this.announcer = announcer;
        this.options = options;
        this.log = log;
        this.threads = threads;
    }

    @Override
    public LockStatus status() {
        threads.revive();
        return lock.status();
    }

    @Override
    public long goodUntilNanos() {
        return lock.goodUntilNanos();
    }

    @Override
    public RegionReport report() {
        return scans.last();
    }

    @Override
    public ProcessNumbers numbers() throws IOException {
        return process.numbers().less(lock.zgcMirror().bytes());
    }

    @Override
    public void refresh() throws IOException {
        scans.refresh();
    }

    @Override
    public LockAnswer lock(String text, String asker) throws OptionException, IOException {
        Outcome outcome;
        try {
            outcome = lock.change(OptionParser.parse(text));
        } finally {
            options.replaceBy(lock.options());
        }
        tellOf("options are now \"" + text + "\"", asker, outcome);
        return answer(outcome);
    }

    @Override
    public LockAnswer unlock(String asker) throws IOException {
        Outcome outcome = lock.unlock();
        tellOf(outcome.isDone() ? "unlocked" : "asked to unlock, and could not unlock all", asker, outcome);
        return answer(outcome);
    }

    private LockAnswer answer(Outcome outcome) throws IOException {
        scans.scan();
        LockFailure failure = outcome.failure();
        String text = failure == null
                ? describe()
                : failure.text(outcome.status().state().name());
        return new LockAnswer(outcome.isDone(), text + outcome.undone());
    }

    private void tellOf(String what, String asker, Outcome outcome) {
        threads.revive();
        log.info(what + ", asked for " + asker + ", at " + UtcTime.text(System.currentTimeMillis()) + ": "
                + status().state() + " (" + status().describe() + ")");
        announcer.announce();
        outcome.notices().forEach(log::failure);
    }

    @Override
    public String diagnose() throws IOException {
        refresh();
        LockStatus status = status();
        StringBuilder text = new StringBuilder(describe());
        text.append("\nlimit: ")
                .append(Bytes.limit(status.limit().effectiveBytes()))
                .append(" (");
        text.append(status.limit().describe()).append(")\nregions, locked of resident:");
        for (RegionUsage usage : report().regions()) {
            text.append("\n  ").append(usage.regionName()).append(": ").append(Bytes.text(usage.lockedBytes()));
            text.append(" of ").append(Bytes.text(usage.residentBytes()));
        }
        text.append("\nhow the regions were found:");
        for (LayerStatus layer : process.layers()) {
            text.append("\n  ")
                    .append(layer.layer())
                    .append(": ")
                    .append(layer.ranges())
                    .append(" ranges");
            text.append(layer.problem().isEmpty() ? "" : "; " + layer.problem());
        }
        if (status.lastFailure() != null) {
            text.append('\n').append(status.lastFailure().text("last failure"));
        }
        return text.toString();
    }

    private String describe() throws IOException {
        LockStatus status = status();
        long charged = numbers().chargedBytes();
        if (status.regions().isEmpty()) {
            return status.state() + ": nothing is selected; charged " + Bytes.text(charged)
                    + (charged > 0 ? " (the application's, or not told from it)" : "");
        }
        return status.state() + ": " + report().describe(status) + ", charged " + Bytes.text(charged);
    }
}
