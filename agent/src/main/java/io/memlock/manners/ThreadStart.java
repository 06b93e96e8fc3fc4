// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import java.util.concurrent.TimeUnit;

/**
 * Starts a thread where it is wanted and does not run. Where the process may have no more threads it rests for longer after
 * each failure: HotSpot writes two lines on the application's standard output for each. A full heap passes in a moment, and
 * is no reason to rest.
 */
public abstract class ThreadStart implements Runnable {

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A part of what HotSpot says where the kernel gives it no thread. jvm.cpp, JVM_StartThread */
    private static final String NO_THREAD = "native thread";

    private final RetryPause pause = new RetryPause(LONGEST_NANOS);

    /** Starts the thread, if it is wanted and does not run. */
    protected abstract void start();

    @Override
    public final void run() {
        run(System.nanoTime());
    }

    final void run(long nowNanos) {
        if (!pause.hasLasted(nowNanos)) {
            return;
        }
        try {
            start();
            pause.end();
        } catch (RuntimeException | Error e) {
            if (String.valueOf(e.getMessage()).contains(NO_THREAD)) {
                pause.begin(nowNanos);
            }
            throw e;
        }
    }
}
