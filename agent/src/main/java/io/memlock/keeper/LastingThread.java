// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import io.memlock.hotspot.RetryPause;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task on a thread that lasts as long as the JVM. If something ends the thread all the same (an error in the
 * handler of an error, {@code Thread.stop}), it is started again: by the other thread within a second, or when the lock
 * is next asked about.
 */
final class LastingThread implements Runnable {

    /** The pause before another life: what ended one may end the next. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * The longest pause between two attempts to start the thread. HotSpot writes two lines on the application's standard
     * output for each that fails.
     */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final Runnable body;
    private volatile Thread thread;
    private RetryPause pause = new RetryPause(LONGEST_NANOS);

    /**
     * Starts nothing until {@link #revive}.
     *
     * @param body does not return
     */
    LastingThread(String name, Runnable body) {
        this.name = name;
        this.body = OwnPermissions.of(body);
    }

    /**
     * Starts the thread if it does not run. Never fails: where there is no memory for a thread just now, it is tried again
     * when somebody asks after a pause, of a second at first.
     *
     * @return whether it runs
     */
    boolean revive() {
        if (!isAlive()) {
            start();
        }
        return isAlive();
    }

    private synchronized void start() {
        long now = System.nanoTime();
        if (isAlive() || !pause.hasLasted(now)) {
            return;
        }
        try {
            Thread next =
                    new AgentThread(this, name); // permissions come later: getting them may fail for want of memory
            next.start();
            thread = next;
            pause = new RetryPause(LONGEST_NANOS);
        } catch (Throwable e) { // no memory, no thread, no permission: none of it lasts
            thread = null;
            pause.begin(now);
        }
    }

    /** Lives again on the same thread: where there is no memory, there is none for another thread either. */
    @Override
    public void run() {
        while (true) {
            try {
                body.run();
            } catch (Throwable e) {
                // No handler of the thread's is told: that would lead the application to our class loader.
            }
            AgentThread.rest(PAUSE_NANOS);
        }
    }

    private boolean isAlive() {
        Thread last = thread;
        return last != null && last.isAlive();
    }
}
