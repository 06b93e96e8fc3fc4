// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.log.Log;
import io.memlock.memory.Bytes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reports how far long work is: soon after it began, then once a second. Work that is over before that is not reported.
 * The report goes to the command that waits for the work, or else to the log.
 */
public final class Progress {

    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Log log;
    private volatile Consumer<String> waiting;

    /**
     * Tells the log until somebody waits.
     *
     * @param log for work nobody waits for
     */
    public Progress(Log log) {
        this.log = log;
    }

    /**
     * Tells somebody else of what is done from now on.
     *
     * @param who takes the lines, on whichever thread works; null for nobody
     */
    public void tell(Consumer<String> who) {
        waiting = who;
    }

    /** Begins work that is done only when somebody asks for it. */
    public Work begin(String what, long totalBytes) {
        return new Work(what, totalBytes, false, System.nanoTime());
    }

    /** Begins work that the keeper does day by day, too: only the most talkative log has it. */
    public Work beginRoutine(String what, long totalBytes) {
        return new Work(what, totalBytes, true, System.nanoTime());
    }

    private void print(String line, boolean isRoutine) {
        Consumer<String> who = waiting;
        if (who != null) {
            who.accept(line);
        } else if (isRoutine) {
            log.debug(line);
        } else {
            log.info(line);
        }
    }

    /** Reports one piece of work, on which several threads may work. */
    public final class Work {

        private final String what;
        private final long totalBytes;
        private final boolean isRoutine;
        private final AtomicLong doneBytes = new AtomicLong();
        private final AtomicLong dueNanos;

        Work(String what, long totalBytes, boolean isRoutine, long nowNanos) {
            this.what = what;
            this.totalBytes = totalBytes;
            this.isRoutine = isRoutine;
            this.dueNanos = new AtomicLong(nowNanos + FIRST_NANOS);
        }

        public long doneBytes() {
            return doneBytes.get();
        }

        public void done(long bytes) {
            done(bytes, System.nanoTime());
        }

        void done(long bytes, long nowNanos) {
            long done = doneBytes.addAndGet(bytes);
            long due = dueNanos.get();
            if (nowNanos - due >= 0 && dueNanos.compareAndSet(due, nowNanos + GAP_NANOS)) {
                // The total is of the beginning, and the JVM goes on growing.
                print(what + ": " + Bytes.text(done) + " of " + Bytes.text(Math.max(done, totalBytes)), isRoutine);
            }
        }
    }
}
