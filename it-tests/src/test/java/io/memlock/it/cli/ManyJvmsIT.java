// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A host with many JVMs. */
class ManyJvmsIT {

    private static final int JVMS = 20;

    /** What else runs on the machine can only add to a time, so the least of each counts. */
    private static final int TRIES = 3;

    /** Each JVM a file system walk or an attach would make it 20 and more. */
    private static final double MOST_TIMES_OF_HELP = 8;

    @Test
    void statusShowsThemAllAlmostAsFastAsHelpIsPrinted() throws Exception {
        List<ForkedJvm> jvms = new ArrayList<>();
        try {
            for (int i = 0; i < JVMS; i++) {
                jvms.add(ForkedJvm.on(Jdk.current())
                        .flags("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx16m")
                        .main(HeapApp.class)
                        .start());
            }
            jvms.forEach(jvm -> jvm.awaitLine("ready"));
            command("status", "--json"); // from disk into the page cache

            long statusNanos = Long.MAX_VALUE;
            long helpNanos = Long.MAX_VALUE;
            for (int i = 0; i < TRIES; i++) {
                long start = System.nanoTime();
                Outcome status = command("status", "--json");
                long between = System.nanoTime();
                command("--help");
                statusNanos = Math.min(statusNanos, between - start);
                helpNanos = Math.min(helpNanos, System.nanoTime() - between);
                assertThat(shown(status))
                        .containsAll(jvms.stream().map(ForkedJvm::pid).toList());
            }
            double times = (double) statusNanos / helpNanos;
            System.out.println(String.format(
                    "[status] of %d JVMs: %d ms, %.1f times --help", JVMS, statusNanos / 1_000_000, times));
            assertThat(times).isLessThan(MOST_TIMES_OF_HELP);
        } finally {
            jvms.forEach(ForkedJvm::close);
        }
    }

    private static Set<Long> shown(Outcome status) throws IOException {
        Set<Long> shown = new HashSet<>();
        for (JsonNode jvm : new ObjectMapper().readTree(status.stdout()).get("jvms")) {
            shown.add(jvm.get("pid").asLong());
        }
        return shown;
    }

    private static Outcome command(String... words) {
        Outcome outcome = Memlock.run(Jdk.current(), words).succeeded();
        return outcome;
    }
}
