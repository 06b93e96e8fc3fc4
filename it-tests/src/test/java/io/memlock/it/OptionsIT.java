// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.Wrappers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** What options do on a real JVM, and what is said when the promise cannot be kept. */
class OptionsIT {

    @EachJdk
    void quietPrintsNothingWhileAllIsWell(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(jdk).agent("log=quiet").start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 50");
            jvm.ask("shrink");
            jvm.send("exit");

            assertThat(jvm.awaitExit().stderr()).doesNotContain("memlock");
        }
    }

    @EachJdk
    void whatIsExcludedIsNotLockedAndTheRestIs(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(jdk).agent("exclude=heap+mapped").start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 50");

            eventually(() -> {
                assertThat(lockedBytes(jvm, "heap")).isZero();
                assertThat(coverage(jvm, "metaspace")).isEqualTo(1);
                assertThat(coverage(jvm, "code")).isEqualTo(1);
            });
        }
    }

    @EachJdk
    void whoEndsOnFailureSaysSoAndTypesNothingForAProcessThatIsGone(Jdk jdk) {
        Machine.requireDroppableIpcLock();
        Outcome outcome = app(jdk).wrapper(Wrappers.memlockLimit(64 << 10))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("on-failure=exit")
                .run();

        assertThat(outcome.exitStatus()).isEqualTo(77);
        assertThat(outcome.stderr())
                .contains("on-failure=exit: this JVM ends now")
                .doesNotContain("this JVM runs unlocked")
                .doesNotContain("--pid");
    }

    /** The limit that is recommended in numbers is still enough when the heap has grown to its largest. */
    @EachJdk
    void theRecommendedLimitHolds(Jdk jdk) {
        Machine.requireDroppableIpcLock();
        String said = app(jdk).flags("-Xms2m", "-Xmx4m", "-XX:+UseSerialGC")
                .wrapper(Wrappers.memlockLimit(64 << 10))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("mode=heap")
                .run("exit")
                .stderr();
        Matcher number = Pattern.compile("instead of \\S+: (?:LimitMEMLOCK=|--ulimit memlock=)?(\\d+)")
                .matcher(said);
        assertThat(number.find()).as(said).isTrue();
        long recommended = Long.parseLong(number.group(1));
        long bytes = recommended < 1 << 20 ? recommended << 10 : recommended; // limits.conf counts in KiB

        try (ForkedJvm jvm = app(jdk).flags("-Xms2m", "-Xmx4m", "-XX:+UseSerialGC")
                .wrapper(Wrappers.memlockLimit(bytes))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("mode=heap")
                .start()) {
            jvm.awaitLine("ready");
            jvm.ask("grow 1");
            jvm.ask("collect");

            eventually(() -> assertThat(coverage(jvm, "heap")).isEqualTo(1));
            assertThat(jvm.stderr()).doesNotContain("PARTLY").doesNotContain("NOT LOCKED");
        }
    }

    private static ForkedJvm.Builder app(Jdk jdk) {
        return ForkedJvm.on(jdk).flags("-Xmx128m").main(HeapApp.class);
    }

    private static long lockedBytes(ForkedJvm jvm, String region) throws Exception {
        return region(jvm, region).get("lockedBytes").asLong();
    }

    private static double coverage(ForkedJvm jvm, String region) throws Exception {
        return region(jvm, region).get("coverage").asDouble();
    }

    private static JsonNode region(ForkedJvm jvm, String region) throws Exception {
        Outcome regions = Commands.run(List.of(
                Jdk.current().java().toString(),
                "-jar",
                AgentJar.path().toString(),
                "regions",
                Long.toString(jvm.pid()),
                "--json"));
        return StreamSupport.stream(
                        new ObjectMapper()
                                .readTree(regions.stdout())
                                .get("regions")
                                .spliterator(),
                        false)
                .filter(row -> row.get("region").asText().equals(region))
                .findFirst()
                .orElseThrow();
    }
}
