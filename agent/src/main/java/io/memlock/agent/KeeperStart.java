// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.bootstrap.AgentThread;
import io.memlock.bootstrap.StandardError;
import io.memlock.keeper.Background;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.OwnPermissions;

/**
 * Starts the keeper after the start line, or beside it where that takes seconds, and tries until it runs: an application
 * may fill its heap in its first moments. After an attach it sees to it that the keeper runs if something was locked.
 */
final class KeeperStart implements Runnable {

    /** The time between two attempts to start the keeper. */
    private static final long RETRY_NANOS = 20_000_000;

    /** The time until the next attempt where one has failed for another reason than a full heap. */
    private static final long LATER_RETRY_NANOS = 1_000_000_000;

    /** What is to be kept. */
    interface Kept {

        /** Returns whether locking was tried, and it is known what came of it. */
        boolean hasStarted();

        /** Returns whether metaspace has room for the classes of what is about to begin. */
        boolean hasMetaspaceRoom();

        /** Returns whether a scan may take seconds, beside {@code main}. */
        boolean takesLongToScanBesideMain();

        /** Returns the background services, which are made if there are none. */
        Background background();

        /** Sees whether the heap is to be populated ahead, once the background services are made. */
        void lookAtPrefault();
    }

    private final Kept kept;
    private final Thread before;
    private final boolean isAttach;
    private final StandardError stderr;
    private final long startNanos;

    private final Runnable attempt = OwnPermissions.of(new Runnable() {
        @Override
        public void run() {
            keepAfter();
        }
    });

    private long retryNanos = RETRY_NANOS;

    /** Whether a thread of the background has run, or there is nothing to keep. */
    private boolean isOver;

    /**
     * Initialises what it takes to wait while there still is a heap for it.
     *
     * @param kept has the keeper
     * @param before the thread that prints the start line, or carries out the attach
     * @param isAttach whether it is an attach, which may end half way, and starts the keeper itself if it can
     */
    KeeperStart(Kept kept, Thread before, boolean isAttach, StandardError stderr) {
        AgentThread.rest(0);
        this.kept = kept;
        this.before = before;
        this.isAttach = isAttach;
        this.stderr = stderr;
        this.startNanos = System.nanoTime();
    }

    @Override
    public void run() {
        while (!isOver()) {
            AgentThread.rest(isAttach ? LATER_RETRY_NANOS : retryNanos); // main does not begin just now
        }
    }

    private boolean isOver() {
        try {
            attempt.run();
        } catch (OutOfMemoryError e) {
            // As for the call itself: somebody has to keep the promise.
        } catch (Throwable e) {
            tell(e);
        }
        return isOver;
    }

    private void keepAfter() {
        try {
            if (isAttach || !kept.takesLongToScanBesideMain()) {
                before.join();
            }
        } catch (InterruptedException e) {
            return; // nobody interrupts it
        }
        if (!kept.hasStarted()) {
            isOver = true;
            return;
        }
        isOver = kept.hasMetaspaceRoom()
                && (HeapRoom.isThere() || HeapRoom.isOverdue(startNanos))
                && kept.background().start();
        if (isOver) { // a heap grows most at the beginning; later the reporter sees to it
            kept.lookAtPrefault();
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
