// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcTask;

/** A JVM that ends does not wait for a thread of the agent. */
class EndsAtOnceIT {

    /** Cut to 15 bytes, as the kernel has it. */
    private static final String WATCH = "memlock-privile";

    private static final int TRIES = 5;

    /** On a machine that is busy with something else, few are undisturbed. */
    private static final int MOST_TRIES = 20;

    /** HotSpot waits 300 ms for a thread in a native call, on every machine: VM_Exit::wait_for_threads_in_native_to_block. */
    private static final long MOST_MILLIS = 150;

    @EachJdk
    void theWatchForDroppedPrivilegesEndsWithTheJvm(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        long watched = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        for (int i = 0; i < TRIES || (i < MOST_TRIES && watched - plain >= MOST_MILLIS); i++) {
            watched = Math.min(watched, millisOfTheEnd(app(jdk).agent("mode=all,strategy=future"), true));
            plain = Math.min(plain, millisOfTheEnd(app(jdk), false));
        }
        System.out.println("[end] of a JVM: " + watched + " ms with the watch, " + plain + " ms without the agent");
        assertThat(watched - plain).isLessThan(MOST_MILLIS);
    }

    private static ForkedJvm.Builder app(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx64m").main(HeapApp.class);
    }

    private static long millisOfTheEnd(ForkedJvm.Builder app, boolean isWatched) {
        try (ForkedJvm jvm = app.start()) {
            jvm.awaitLine("ready");
            if (isWatched) {
                eventually(() -> assertThat(ProcTask.of(jvm.pid()))
                        .anyMatch(task -> task.name().startsWith(WATCH) && task.sleeps()));
            }
            long start = System.nanoTime();
            jvm.send("exit");
            jvm.awaitExit().succeeded();
            return (System.nanoTime() - start) / 1_000_000;
        }
    }
}
