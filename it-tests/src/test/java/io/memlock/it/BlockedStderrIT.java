// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.DefaultFileSystemApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Wrappers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody reads standard error, and its pipe is full: a paused pager, a log collector that stalls. */
class BlockedStderrIT {

    /** What an application prints that ends without System.exit. */
    private static final String DONE = "the JDK's\n";

    private static final String EVERY_JDK = "io.memlock.it.harness.Jdk#all";

    /** The process holds both ends of the pipe itself. */
    private static final String FULL_PIPE =
            "d=$(mktemp -d); mkfifo $d/p; exec 9<>$d/p; rm -r $d; head -c 65536 /dev/zero >&9; exec 2>&9";

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void theJvmStartsAndEnds(Jdk jdk) {
        Outcome outcome = blocked(jdk, "").run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isZero();
        assertThat(outcome.stdout()).isEqualTo(DONE);
    }

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void aBadOptionEndsTheJvm(Jdk jdk) {
        Outcome outcome = blocked(jdk, "mode=heep").run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource(EVERY_JDK)
    void onFailureIsHonoured(Jdk jdk) {
        Outcome goesOn = unprivileged(jdk, "").run();
        Outcome exits = unprivileged(jdk, "on-failure=exit").run();

        assertThat(goesOn.stdout()).as(goesOn::toString).isEqualTo(DONE);
        assertThat(exits.exitStatus()).as(exits::toString).isEqualTo(77);
    }

    private static ForkedJvm.Builder unprivileged(Jdk jdk, String options) {
        return blocked(jdk, options).wrapper(Wrappers.withoutIpcLock());
    }

    private static ForkedJvm.Builder blocked(Jdk jdk, String options) {
        return ForkedJvm.on(jdk)
                .agent(options)
                .wrapper(Wrappers.shell(FULL_PIPE))
                .main(DefaultFileSystemApp.class);
    }
}
