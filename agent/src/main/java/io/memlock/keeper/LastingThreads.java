// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that run as long as the JVM does. What ends one all the same (an error in the handler of an error, {@code
 * Thread.stop}) whoever notices makes good: the other thread within a second, or anybody who asks about the lock.
 */
final class LastingThreads {

    private final Lasting keeper;
    private final Lasting reporter;

    /**
     * Starts nothing yet; {@link #revive} does.
     *
     * @param keeper does not return
     * @param reporter does not return
     */
    LastingThreads(Runnable keeper, Runnable reporter) {
        this.keeper = new Lasting("memlock-keeper", keeper);
        this.reporter = new Lasting("memlock-reporter", reporter);
    }

    /** Starts what does not run. Never fails: where there is no memory for a thread just now, the next who asks tries. */
    void revive() {
        keeper.revive();
        reporter.revive();
    }

    /** One of them. */
    private static final class Lasting implements Runnable {

        /** Before another life: what ended one may end the next. */
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

        private final String name;
        private final Runnable body;
        private volatile Thread thread;

        Lasting(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        void revive() {
            Thread last = thread;
            if (last == null || !last.isAlive()) {
                start();
            }
        }

        private synchronized void start() {
            if (thread != null && thread.isAlive()) {
                return;
            }
            try {
                Thread next = new AgentThread(OwnPermissions.of(this), name);
                next.start();
                thread = next;
            } catch (Throwable e) { // no memory, no thread, no permission: none of it lasts
                thread = null;
            }
        }

        @Override
        public void run() {
            try {
                body.run();
            } finally { // not a handler of the thread's: that would lead the application to our class loader
                LockSupport.parkNanos(PAUSE_NANOS);
                thread = null;
                revive();
            }
        }
    }
}
