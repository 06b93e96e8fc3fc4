// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.bootstrap.AgentThread;
import io.memlock.bootstrap.StandardError;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.OwnPermissions;

/**
 * Starts the keeper after the start line, or beside it where that takes seconds, and tries until it runs: an application
 * may fill its heap in its first moments.
 */
final class KeeperStart implements Runnable {

    /** The time between two attempts to start the keeper. */
    private static final long RETRY_NANOS = 20_000_000;

    /** The time until the next attempt where one has failed for another reason than a full heap. */
    private static final long LATER_RETRY_NANOS = 1_000_000_000;

    private final Memlock agent;
    private final Thread line;
    private final StandardError stderr;
    private final long startNanos;

    private final Runnable attempt = OwnPermissions.of(new Runnable() {
        @Override
        public void run() {
            keepAfterLine();
        }
    });

    private long retryNanos = RETRY_NANOS;

    /** Whether a thread of the background has run. */
    private boolean hasBegun;

    /**
     * Initialises what it takes to wait while there still is a heap for it.
     *
     * @param agent has the keeper
     * @param line the thread that prints the start line
     */
    KeeperStart(Memlock agent, Thread line, StandardError stderr) {
        AgentThread.rest(0);
        this.agent = agent;
        this.line = line;
        this.stderr = stderr;
        this.startNanos = System.nanoTime();
    }

    @Override
    public void run() {
        while (!isBegun()) {
            AgentThread.rest(retryNanos);
        }
    }

    private boolean isBegun() {
        try {
            attempt.run();
        } catch (OutOfMemoryError e) {
            // As for the call itself: somebody has to keep the promise.
        } catch (Throwable e) {
            tell(e);
        }
        return hasBegun;
    }

    private void keepAfterLine() {
        try {
            if (!agent.takesLongToScanBesideMain()) {
                line.join();
            }
        } catch (InterruptedException e) {
            return; // nobody interrupts it
        }
        hasBegun = agent.hasMetaspaceRoom()
                && (HeapRoom.isThere() || HeapRoom.isOverdue(startNanos))
                && agent.background().start();
        if (hasBegun) { // a heap grows most at the beginning; later the reporter sees to it
            agent.lookAtPrefault();
        }
    }

    /** Whatever it is, a full heap may have led to it, and passes. A jar that was damaged does not. */
    private void tell(Throwable failure) {
        if (retryNanos == RETRY_NANOS) {
            try {
                stderr.print(
                        StandardError.ERROR,
                        "NOT KEPT: the agent cannot start the thread that keeps the lock, and tries again each second."
                                + " Cause: " + failure);
                retryNanos = LATER_RETRY_NANOS;
            } catch (Throwable e) {
                // No memory for the text. Then the next time.
            }
        }
    }
}
