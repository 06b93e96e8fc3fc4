// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import java.util.concurrent.TimeUnit;

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

    /**
     * Starts what does not run. Never fails: where there is no memory for a thread just now, the next who asks tries.
     *
     * @return whether one of them runs, which sees to the other
     */
    boolean revive() {
        keeper.revive();
        reporter.revive();
        return keeper.isAlive() || reporter.isAlive();
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
            if (!isAlive()) {
                start();
            }
        }

        private synchronized void start() {
            if (isAlive()) {
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

        boolean isAlive() {
            Thread last = thread;
            return last != null && last.isAlive();
        }
    }
}
