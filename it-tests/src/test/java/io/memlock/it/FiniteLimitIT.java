// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.Collector;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where locking is not allowed, or not enough of it: the application must not notice. */
class FiniteLimitIT {

    /** Documented exit status of {@code on-failure=exit}. */
    private static final int CANNOT_LOCK = 77;

    private static final long KERNEL_DEFAULT_BYTES = 8 << 20;

    @BeforeEach
    void needsToTakeThePrivilegeAway() {
        Machine.requireDroppableIpcLock();
    }

    static List<Arguments> everyCollectorOnEveryJdk() {
        return StayLockedIT.everyCollectorOnEveryJdk();
    }

    /** MCL_FUTURE under a finite limit succeeds, and kills the JVM when its heap grows. */
    @ParameterizedTest
    @MethodSource("everyCollectorOnEveryJdk")
    @SideBySide
    void runsToItsEndUnlockedUnderAFiniteLimit(Collector collector, Jdk jdk) {
        String[] program = {"grow 300", "shrink", "grow 300", "threads 200", "exit"};
        Outcome without = unlocked(jdk, collector).run(program);

        Outcome with;
        try (ForkedJvm jvm = unlocked(jdk, collector).agent("mode=all").start()) {
            jvm.awaitLine("ready");
            for (String step : program) {
                jvm.send(step);
                if (!step.equals("exit")) {
                    jvm.awaitLine("done");
                    Smaps smaps = Smaps.of(jvm.pid());
                    assertThat(smaps.chargedBytes())
                            .as("charged after %s", step)
                            .isLessThanOrEqualTo(KERNEL_DEFAULT_BYTES);
                }
            }
            with = jvm.awaitExit();
        }

        assertThat(with.stdout()).isEqualTo(without.stdout());
        assertThat(with.exitStatus()).as(with::toString).isEqualTo(without.exitStatus());
        assertThat(with.otherErrorLines()).isEqualTo(without.otherErrorLines());
        assertReadable(with);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 65536, KERNEL_DEFAULT_BYTES})
    @SideBySide
    void saysOnceWhatItMeansAndWhatToType(long limitBytes) {
        Outcome outcome = limited(Jdk.current(), limitBytes)
                .agent("")
                .main(HelloApp.class, "3")
                .run();

        assertThat(outcome.stdout()).isEqualTo("hello 3\n");
        assertThat(outcome.exitStatus()).isEqualTo(3);
        assertThat(outcome.otherErrorLines()).isEmpty();
        assertReadable(outcome);
    }

    private static void assertReadable(Outcome outcome) {
        assertThat(outcome.agentMessagesBeforeTheEnd()).as(outcome::toString).hasSize(1);
        String message = outcome.agentMessages().get(0);
        assertThat(message)
                .contains("NOT LOCKED")
                .containsPattern("ENOMEM|EPERM")
                .contains("RLIMIT_MEMLOCK");
        assertThat(message).as("what to type").containsPattern("ulimit -l|LimitMEMLOCK|--ulimit|IPC_LOCK");
        assertThat(message).as("no stack trace").doesNotContain("\tat ").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, KERNEL_DEFAULT_BYTES})
    @SideBySide
    void endsBeforeMainWhenAskedTo(long limitBytes) {
        Outcome outcome = limited(Jdk.current(), limitBytes)
                .agent("on-failure=exit")
                .main(HelloApp.class)
                .run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(CANNOT_LOCK);
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.agentMessages()).hasSize(1);
        assertThat(outcome.otherErrorLines()).isEmpty();
    }

    @Test
    void goesOnWhenTheLockHolds() {
        Machine.requireUnlimitedLocking();
        Outcome outcome = ForkedJvm.on(Jdk.current())
                .agent("on-failure=exit")
                .main(HelloApp.class)
                .run()
                .succeeded();
        assertThat(outcome.stdout()).isEqualTo("hello \n");
    }

    private static ForkedJvm.Builder unlocked(Jdk jdk, Collector collector) {
        return limited(jdk, KERNEL_DEFAULT_BYTES)
                .flags(collector.flag(), "-Xms64m", "-Xmx512m")
                .main(HeapApp.class);
    }

    private static ForkedJvm.Builder limited(Jdk jdk, long limitBytes) {
        return ForkedJvm.on(jdk).wrapper(Wrappers.memlockLimit(limitBytes)).wrapper(Wrappers.withoutIpcLock());
    }
}
