// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Threads that lock a live JVM run in real time where they may, and in no case for longer. */
class RealTimeIT {

    private static final int CAP_SYS_NICE = 23;

    /** The field of {@code /proc/PID/stat}, and where it stands after the command's name. proc_pid_stat(5) */
    private static final int POLICY = 41 - 3;

    private static final String SCHED_OTHER = "0";

    @Test
    void attachRunsInRealTimeWhereItMayAndLeavesNoThreadSo() throws Exception {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .flags("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            ProcStatus before = ProcStatus.of(jvm.pid());
            boolean mayBe = before.hasCapability(CAP_SYS_NICE)
                    && "0".equals(before.status().get("Seccomp"));

            CompletableFuture<Outcome> attach = CompletableFuture.supplyAsync(() -> Commands.run(List.of(
                    Jdk.current().java().toString(),
                    "-jar",
                    AgentJar.path().toString(),
                    "attach",
                    Long.toString(jvm.pid()))));
            boolean wasInRealTime = false;
            while (!attach.isDone()) {
                wasInRealTime |= threadsInRealTime(jvm.pid()) > 0;
            }

            assertThat(attach.get().exitStatus()).as(attach.get().toString()).isZero();
            assertThat(wasInRealTime)
                    .as("seen in real time; CAP_SYS_NICE and no filter: %s", mayBe)
                    .isEqualTo(mayBe);
            assertThat(threadsInRealTime(jvm.pid())).isZero();
        }
    }

    private static long threadsInRealTime(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.filter(thread -> !policy(thread).equals(SCHED_OTHER)).count();
        }
    }

    private static String policy(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY];
        } catch (IOException e) {
            return SCHED_OTHER; // it has ended
        }
    }
}
