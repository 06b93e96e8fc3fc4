// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.DefaultFileSystemApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Wrappers;

/** Nobody reads standard error, and its pipe is full: a paused pager, a log collector that stalls. */
class BlockedStderrIT {

    /** What an application prints that ends without System.exit. */
    private static final String DONE = "the JDK's\n";

    /** The process holds both ends of the pipe itself. */
    private static final String FULL_PIPE =
            "d=$(mktemp -d); mkfifo $d/p; exec 9<>$d/p; rm -r $d; head -c 65536 /dev/zero >&9; exec 2>&9";

    @EachJdk
    void theJvmStartsAndEnds(Jdk jdk) {
        Outcome outcome = blocked(jdk, "").run().succeeded();
        assertThat(outcome.stdout()).isEqualTo(DONE);
    }

    @EachJdk
    void aBadOptionEndsTheJvm(Jdk jdk) {
        Outcome outcome = blocked(jdk, "mode=heep").run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(1);
    }

    @EachJdk
    void onFailureIsHonoured(Jdk jdk) {
        Machine.requireDroppableIpcLock();
        Outcome goesOn = unprivileged(jdk, "").run();
        Outcome exits = unprivileged(jdk, "on-failure=exit").run();

        assertThat(goesOn.stdout()).as(goesOn::toString).isEqualTo(DONE);
        assertThat(exits.exitStatus()).as(exits::toString).isEqualTo(77);
    }

    private static ForkedJvm.Builder unprivileged(Jdk jdk, String options) {
        return blocked(jdk, options).wrapper(Wrappers.memlockLimit(0)).wrapper(Wrappers.withoutIpcLock());
    }

    private static ForkedJvm.Builder blocked(Jdk jdk, String options) {
        return ForkedJvm.on(jdk)
                .agent(options)
                .wrapper(Wrappers.shell(FULL_PIPE))
                .main(DefaultFileSystemApp.class);
    }
}
