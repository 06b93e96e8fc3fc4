// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** For what becomes true by itself, soon, but not at once. */
public final class Eventually {

    private static final long PAUSE_MILLIS = 50;

    private Eventually() {}

    /**
     * Repeats an assertion until it holds, for up to {@link ForkedJvm#TIMEOUT}.
     *
     * @param assertion does not fail once what it says is true
     */
    public static void eventually(ThrowingCallable assertion) {
        eventually(ForkedJvm.TIMEOUT, assertion);
    }

    /**
     * Repeats an assertion until it holds.
     *
     * @param patience after which it fails
     * @param assertion does not fail once what it says is true
     */
    @SuppressWarnings("ThreadSleep")
    public static void eventually(Duration patience, ThrowingCallable assertion) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                assertion.call();
                return;
            } catch (Throwable notYet) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("still not after " + patience + ": " + notYet.getMessage(), notYet);
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
