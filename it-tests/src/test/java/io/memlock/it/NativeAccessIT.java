// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.apps.IntruderApp;
import io.memlock.it.apps.RestrictedCallApp;
import io.memlock.it.apps.ThreadsApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Smaps;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From JDK 24 on native calls need a grant, or warn, or fail (JEP 472). The agent grants its JNA, and nobody else. */
class NativeAccessIT {

    private static final int FIRST_RESTRICTED_RELEASE = 24;

    /** Said after the keeper's first pass, where it is so, by a JVM that lives long enough. */
    private static final String SWAP_IS_OFF = "[memlock] swap is off";

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    void locksWithoutAWarning(Jdk jdk) {
        assertLocksSilently(ForkedJvm.on(jdk));
    }

    @Test
    void locksWhereNativeAccessIsDenied() {
        Jdk jdk = Machine.requireJdk(FIRST_RESTRICTED_RELEASE);

        assertLocksSilently(ForkedJvm.on(jdk).flags("--illegal-native-access=deny"));
    }

    /** JNA's own library reads a name by the default charset, and fails before it has said why. */
    @EachJdk
    void saysThatJnaDoesNotWorkWithEachDefaultCharset(Jdk jdk) {
        Outcome outcome = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Dfile.encoding=UTF-16")
                .main(HelloApp.class)
                .run()
                .succeeded();
        assertThat(outcome.stderr().replace("\0", ""))
                .contains("NOT LOCKED", "UTF-16 as the default charset", "-Dfile.encoding=UTF-8")
                .doesNotContain("this is a bug");
    }

    @Test
    void doesNotGrantTheApplicationWhatItWasDenied() {
        Jdk jdk = Machine.requireJdk(FIRST_RESTRICTED_RELEASE);

        Outcome outcome = ForkedJvm.on(jdk)
                .agent("")
                .flags("--illegal-native-access=deny")
                .main(RestrictedCallApp.class)
                .run();

        assertThat(outcome.stdout()).as(outcome::toString).isEqualTo("denied\n");
    }

    @EachJdk
    void theApplicationFindsNoWayToOurLoader(Jdk jdk) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk).agent("").main(IntruderApp.class).start()) {
            jvm.awaitLine("ready");
            eventually(() -> assertThat(jvm.ask("registered")).isEqualTo("true"));
            jvm.ask("listen");
            assertThat(jvm.ask("unlock")).contains("UNLOCKED"); // which tells the listener
            jvm.awaitErrorLine("[memlock] state ");

            assertThat(jvm.ask("look")).isEqualTo("ways []");
            // While somebody is attached there are more threads.
            Commands.succeed(Memlock.command(jdk, "attach", jvm.pid()));
            assertThat(jvm.ask("look")).isEqualTo("ways []");
        }
    }

    private static void assertLocksSilently(ForkedJvm.Builder builder) {
        try (ForkedJvm jvm = builder.agent("").main(ThreadsApp.class).start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked ");
            assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();
            jvm.send("exit");

            Outcome outcome = jvm.awaitExit().succeeded();
            assertThat(outcome.agentMessagesBeforeTheEnd())
                    .filteredOn(message -> !message.startsWith(SWAP_IS_OFF))
                    .hasSize(1);
            assertThat(outcome.otherErrorLines()).isEmpty();
        }
    }
}
