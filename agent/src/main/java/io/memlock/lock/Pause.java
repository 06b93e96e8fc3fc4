// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import java.util.concurrent.locks.LockSupport;

/** Waits a moment; in tests, does not. */
@FunctionalInterface
interface Pause {

    /** Sleeps. The kernel rounds up: 50 microseconds become about 100. */
    Pause SLEEP = LockSupport::parkNanos;

    /** Lets others run for some nanoseconds. */
    void nanos(long nanos);
}
