// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import io.memlock.manners.OwnPermissions;
import io.memlock.manners.ThreadStart;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task on a thread that lasts as long as the JVM. If something ends the thread all the same (an error in the
 * handler of an error, {@code Thread.stop}), it is started again: by the other thread within a second, or when the lock
 * is next asked about.
 */
final class LastingThread implements Runnable {

    /** The pause before another life: what ended one may end the next. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final Runnable body;
    private volatile Thread thread;
    private final ThreadStart starting = new Starting();

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
     * Starts the thread if it does not run. Never fails: where there is no memory for a thread just now, the next who asks
     * tries; where the process may have no more threads, as {@link ThreadStart} allows.
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
        if (isAlive()) {
            return;
        }
        try {
            starting.run();
        } catch (Throwable e) { // no memory, no thread, no permission: none of it lasts
            thread = null;
        }
    }

    /** A class and no lambda: the JVM's first lambda would initialise a part of the JDK. */
    private final class Starting extends ThreadStart {
        @Override
        protected void start() {
            Thread next = new AgentThread(
                    LastingThread.this, name); // permissions come later: getting them may fail for want of memory
            next.start();
            thread = next;
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
