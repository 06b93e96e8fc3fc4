// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A host with many JVMs. */
class ManyJvmsIT {

    private static final int JVMS = 20;

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

            long start = System.nanoTime();
            Outcome status = command("status", "--json");
            long statusNanos = System.nanoTime() - start;
            start = System.nanoTime();
            command("--help");
            double times = (double) statusNanos / (System.nanoTime() - start);

            Set<Long> shown = new HashSet<>();
            for (JsonNode jvm : new ObjectMapper().readTree(status.stdout()).get("jvms")) {
                shown.add(jvm.get("pid").asLong());
            }
            assertThat(shown).containsAll(jvms.stream().map(ForkedJvm::pid).toList());
            System.out.println(String.format(
                    "[status] of %d JVMs: %d ms, %.1f times --help", JVMS, statusNanos / 1_000_000, times));
            assertThat(times).isLessThan(MOST_TIMES_OF_HELP);
        } finally {
            jvms.forEach(ForkedJvm::close);
        }
    }

    private static Outcome command(String... words) {
        Outcome outcome = Memlock.run(Jdk.current(), words).succeeded();
        return outcome;
    }
}
