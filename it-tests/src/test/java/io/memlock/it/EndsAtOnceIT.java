// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;

/** A JVM that ends does not wait for a thread of the agent. */
class EndsAtOnceIT {

    private static final int TRIES = 5;

    /** On a machine that is busy with something else, few are undisturbed. */
    private static final int MOST_TRIES = 20;

    /** HotSpot waits 300 ms for a thread in a native call, on every machine: VM_Exit::wait_for_threads_in_native_to_block. */
    private static final long MOST_MILLIS = 150;

    /** With rescan there is no watch for dropped privileges, and nothing in a native call. */
    @EachJdk
    void theWatchForDroppedPrivilegesEndsWithTheJvm(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        long watched = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        for (int i = 0; i < TRIES || (i < MOST_TRIES && watched - plain >= MOST_MILLIS); i++) {
            watched = Math.min(watched, millis(jdk, "mode=all,strategy=future"));
            plain = Math.min(plain, millis(jdk, "mode=all,strategy=rescan"));
        }
        System.out.println("[end] a JVM that says hello: " + watched + " ms with the watch, " + plain + " ms without");
        assertThat(watched - plain).isLessThan(MOST_MILLIS);
    }

    private static long millis(Jdk jdk, String options) {
        long start = System.nanoTime();
        ForkedJvm.on(jdk).agent(options).main(HelloApp.class).run();
        return (System.nanoTime() - start) / 1_000_000;
    }
}
