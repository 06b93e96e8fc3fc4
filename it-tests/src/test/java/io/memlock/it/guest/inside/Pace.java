// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;

/**
 * How fast this guest is: bounds of time are relative to it.
 *
 * @param helloMillis what a JVM without the agent takes from its start to its end
 */
record Pace(long helloMillis) {

    private static final int TRIES = 3;

    /** Takes the fastest of some tries. */
    static Pace measure(Jdk jdk) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            ForkedJvm.on(jdk).main(HelloApp.class).run();
            best = Math.min(best, (System.nanoTime() - start) / 1_000_000);
        }
        return new Pace(best);
    }
}
