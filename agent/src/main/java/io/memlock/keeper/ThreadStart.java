// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.hotspot.RetryPause;

/**
 * Starts a thread where it is wanted and does not run. After each failure it rests for longer: for a thread that cannot be
 * started HotSpot writes two lines on the application's standard output.
 */
public abstract class ThreadStart implements Runnable {

    private final RetryPause pause = new RetryPause();

    /** Starts the thread, if it is wanted and does not run. */
    protected abstract void start();

    @Override
    public final void run() {
        run(System.nanoTime());
    }

    final void run(long nowNanos) {
        if (!pause.isOver(nowNanos)) {
            return;
        }
        try {
            start();
        } catch (RuntimeException | Error e) {
            pause.begin(nowNanos);
            throw e;
        }
    }
}
