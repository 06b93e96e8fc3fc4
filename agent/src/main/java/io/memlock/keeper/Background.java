// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.options.CurrentOptions;
import io.memlock.os.LibC;
import io.memlock.os.ThreadCpuTime;
import java.util.List;

/** Runs the agent's two background threads: the keeper and the reporter. */
public final class Background {

    private final Keeper keeper;
    private final Reporter reporter;
    private final LastingThread keeperThread = new LastingThread("memlock-keeper", new Keeping());
    private final LastingThread reporterThread = new LastingThread("memlock-reporter", new Reporting());
    private final LockControl control;
    private final Scans scans;
    private final StateListener listener;
    private final List<Runnable> tasks;

    /**
     * Starts nothing yet.
     *
     * @param libc of the process
     * @param listener told when the state changes, on the thread that noticed, and once a second while a scan keeps the tasks
     *     waiting
     * @param options the keeper's period, at any moment; {@link LockControl#lock} replaces them
     * @param growth tells the keeper of growth
     * @param tasks done by the reporter about once a second, each whatever becomes of the others
     */
    public Background(
            MemoryLock lock,
            ProcessView process,
            LibC libc,
            Log log,
            StateListener listener,
            CurrentOptions options,
            Growth.Source growth,
            List<Runnable> tasks) {
        this.listener = listener;
        this.tasks = tasks;
        scans = new Scans(process, new ThreadCpuTime(libc));
        StateAnnouncer announcer = new StateAnnouncer(lock, process, log, listener);
        keeper = new Keeper(lock, process, log, announcer, options, growth, new ThreadCpuTime(libc));
        reporter = new Reporter(lock, process, scans, announcer, log);
        PacedChanges changes = new PacedChanges(lock, process, new ThreadCpuTime(libc));
        control = new LockControl(lock, process, scans, changes, announcer, log, this);
    }

    /**
     * Starts those threads that are not running. Never fails.
     *
     * @return whether at least one runs, which restarts the other; if not, there was no memory for either, and the
     * caller must try again
     */
    public boolean start() {
        boolean keeps = keeperThread.revive();
        boolean reports = reporterThread.revive();
        return keeps || reports;
    }

    public LockControl control() {
        return control;
    }

    /** The keeper's life. A class and no lambda: the JVM's first lambda would initialise a part of the JDK. */
    private final class Keeping implements Runnable {
        @Override
        public void run() {
            keeper.run(new Revival(true));
        }
    }

    /** The reporter's life. */
    private final class Reporting implements Runnable {
        @Override
        public void run() {
            reporter.run(new Revival(false), tasks);
        }
    }

    /**
     * What each of the two does beside its work: it sees to the other. While the reporter scans, or waits for a scan, which
     * takes seconds in a large JVM, the keeper has published what it verifies.
     */
    private final class Revival implements Runnable {

        private final boolean isKeepers;
        private long publishedNanos = System.nanoTime();

        Revival(boolean isKeepers) {
            this.isKeepers = isKeepers;
        }

        @Override
        public void run() {
            start();
            long now = System.nanoTime();
            if (isKeepers && scans.isAnotherRunning() && now - publishedNanos >= Reporter.PERIOD_NANOS) {
                publishedNanos = now;
                listener.lockChanged();
            }
        }
    }
}
