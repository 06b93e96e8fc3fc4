// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.ProcTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command's own JVM stands back behind the one it locks. */
class LowPriorityIT {

    /** What the command makes itself, unless it was started nicer. */
    private static final int NICENESS = 10;

    /** Of stat, as in proc(5). */
    private static final int NICE = 19;

    @EachJdk
    void allThreadsOfTheCommandAreNice(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        int ours = niceness(ProcessHandle.current().pid(), List.of()).get(0);
        int expected = Math.max(NICENESS, ours);
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .flags("-XX:+UseSerialGC", "-Xms2g", "-Xmx2g")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            Process attach = Commands.process(Memlock.command(jdk, "attach", jvm.pid(), "mode=heap"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            List<Integer> seen = List.of();
            while (attach.isAlive() && (seen.isEmpty() || !seen.stream().allMatch(nice -> nice == expected))) {
                seen = niceness(attach.pid(), seen);
            }

            assertThat(seen).as("while it ran").isNotEmpty().allMatch(nice -> nice == expected);
            assertThat(attach.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
            assertThat(attach.exitValue()).isZero();
            assertThat(niceness(jvm.pid(), List.of()))
                    .as("of the JVM itself")
                    .isNotEmpty()
                    .allMatch(nice -> nice == ours);
        }
    }

    private static List<Integer> niceness(long pid, List<Integer> before) {
        try {
            List<Integer> all = new ArrayList<>();
            for (ProcTask task : ProcTask.of(pid)) {
                all.add((int) task.stat(NICE));
            }
            return all;
        } catch (IOException e) { // a thread ended while it was looked at
            return before;
        }
    }
}
