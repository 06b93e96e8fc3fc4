// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentLine;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Wrappers;
import io.memlock.it.keeping.Keeping;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What log collectors get to read. */
class LogIT {

    /** Said once the reporter has made a scan and the shutdown hook is there. */
    private static final String READY_TO_END = "[memlock] the last line will be like this";

    private static final Pattern LAST = Pattern.compile(
            "the JVM ends: LOCKED \\(.*\\), locked at the most ([\\d.]+) MiB, relocks: \\d+, major faults: \\d+");

    /** On a machine that is busy with something else, a try may be disturbed. */
    private static final int MOST_TRIES = 5;

    private static final long MOST_MILLIS = 600;

    private static final String FULL_PIPE =
            "d=$(mktemp -d); mkfifo $d/p; exec 9<>$d/p; rm -r $d; head -c 65536 /dev/zero >&9; exec 2>&9";

    @BeforeEach
    void needsToLock() {
        Machine.requireUnlimitedLocking();
    }

    @EachJdk
    void eachMessageHasItsTimeAndProcessAndTheLastSaysWhatWasHeld(Jdk jdk) {
        Instant begin = Instant.now().minusMillis(1);
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("log=debug")
                .flags("-Xms300m", "-Xmx300m", "-XX:+AlwaysPreTouch")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine(READY_TO_END);
            jvm.send("exit");
            Outcome outcome = jvm.awaitExit().succeeded();
            List<AgentLine> lines = outcome.stderr()
                    .lines()
                    .map(AgentLine::of)
                    .filter(Objects::nonNull)
                    .toList();
            assertThat(lines).hasSizeGreaterThan(3).allSatisfy(line -> {
                assertThat(line.pid()).isEqualTo(jvm.pid());
                assertThat(Instant.parse(line.time())).isBetween(begin, Instant.now());
            });
            assertThat(outcome.stderr().lines().filter(line -> line.contains("[memlock]")))
                    .hasSameSizeAs(lines);
            AgentLine last = lines.get(lines.size() - 1);
            assertThat(last.level()).isEqualTo("INFO");
            Matcher said = LAST.matcher(last.text());
            assertThat(said.find()).as(last.text()).isTrue();
            assertThat(Double.parseDouble(said.group(1))).isBetween(300.0, 600.0);
        }
    }

    @Test
    void theEndWaitsForNobodyWhoReads() {
        long unread = Long.MAX_VALUE;
        long read = Long.MAX_VALUE;
        for (int i = 0; i == 0 || (i < MOST_TRIES && unread - read >= MOST_MILLIS); i++) {
            unread = Math.min(unread, endMillis(Wrappers.shell(FULL_PIPE)));
            read = Math.min(read, endMillis(List.of()));
        }
        assertThat(unread - read)
                .as("ms more than the %s ms where somebody reads", read)
                .isLessThan(MOST_MILLIS);
    }

    private static long endMillis(List<String> wrapper) {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.newest())
                .agent("")
                .wrapper(wrapper)
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 100");
            Keeping.sleep(4000); // nobody can be asked whether the hook is there
            long start = System.nanoTime();
            jvm.send("exit");

            assertThat(jvm.awaitExit().exitStatus()).isZero();
            return (System.nanoTime() - start) / 1_000_000;
        }
    }
}
