// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.report.RegionReport;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks once a second, on a thread of its own, that the keeper lives and has made its pass, and refreshes what is
 * shown of the lock. The keeper cannot do this itself: a scan of a large JVM takes seconds, in which the keeper must
 * go on.
 */
final class Reporter {

    static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final MemoryLock lock;
    private final ProcessView process;
    private final Scans scans;
    private final StateAnnouncer announcer;
    private final Troubles troubles;
    private final Log log;
    private String lastProblem = "";
    private boolean hasWarned;

    /** Whether there has been room for what it loads. */
    private boolean hasBegun;

    /** When the last scan was made that no warning came of. */
    private long judgedNanos;

    /** The state as last seen, and when it was seen first. */
    private LockState state;

    private long stateNanos;

    /** Makes a reporter; {@link #run} is its life. */
    Reporter(MemoryLock lock, ProcessView process, Scans scans, StateAnnouncer announcer, Log log) {
        this.lock = lock;
        this.process = process;
        this.scans = scans;
        this.announcer = announcer;
        this.troubles = new Troubles("reporter", log);
        this.log = log;
    }

    /**
     * Reports until the JVM ends.
     *
     * @param revival called about once a second; never fails
     * @param tasks called as often
     */
    void run(Runnable revival, List<Runnable> tasks) {
        while (true) {
            LockSupport.parkNanos(PERIOD_NANOS);
            revival.run();
            report(tasks);
        }
    }

    /** Does what it does once a second: each part, whatever becomes of the others. Never fails. */
    void report(List<Runnable> tasks) {
        if (!hasBegun && !process.hasMetaspaceRoom()) {
            return;
        }
        hasBegun = true;
        for (int i = 0; i < tasks.size(); i++) {
            try {
                tasks.get(i).run();
            } catch (Throwable e) { // such as an OutOfMemoryError for a thread that cannot be started
                troubles.goOnAfter(e);
            }
        }
        try {
            announcer.announce();
        } catch (Throwable e) {
            troubles.goOnAfter(e);
        }
        try {
            if (process.hasHeapRoom()) {
                scan();
                warnOnce();
            }
        } catch (Throwable e) { // an OutOfMemoryError the application survives, too
            troubles.goOnAfter(e);
        }
    }

    /** Returns whether the scan is of another state, or found less locked than the keeper, which has looked again since. */
    private boolean isDoubtful() {
        LockStatus status = lock.status();
        if (status.state() != state) {
            state = status.state();
            stateNanos = process.nanoTime();
        }
        RegionReport last = scans.last();
        return last != null
                && (last.begunNanos() - stateNanos < 0
                        || (state == LockState.LOCKED && last.selected(status).coverage() < 1));
    }

    /** Scans if it is time to. Where smaps cannot be read, all else is still worth having. */
    private void scan() {
        String problem = "";
        try {
            scans.keepFresh(isDoubtful());
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            log.debug("no scan: " + problem);
        }
        lastProblem = problem;
    }

    /**
     * Warns once, when something is locked and it is known how much is resident. Each scan may be the first that tells:
     * files are mapped later, and the selection can change.
     */
    private void warnOnce() {
        LockStatus status = lock.status();
        RegionReport report = scans.last();
        if (hasWarned || !status.state().locksSomething() || report == null || report.takenNanos() == judgedNanos) {
            return;
        }
        judgedNanos = report.takenNanos();
        String warning = process.outgrowWarning(status, report).text();
        hasWarned = warning != null;
        if (hasWarned) {
            log.warn(warning);
        }
    }
}
