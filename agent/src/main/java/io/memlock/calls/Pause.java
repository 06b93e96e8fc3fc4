// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import java.util.concurrent.locks.LockSupport;

/** Waits a moment; in tests, does not. */
@FunctionalInterface
public interface Pause {

    /** Sleeps. The kernel rounds up: 50 microseconds become about 100. */
    Pause SLEEP = new Sleep();

    /** Lets others run for some nanoseconds. */
    void nanos(long nanos);

    /** A class and no lambda: it is on the way to the lock, where the JVM's first lambda would cost 5 ms. */
    final class Sleep implements Pause {

        private Sleep() {}

        @Override
        public void nanos(long nanos) {
            boolean isInterrupted = Thread.interrupted(); // or it would not pause at all
            LockSupport.parkNanos(nanos);
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
