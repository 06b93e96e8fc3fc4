// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.it.apps.OffHeapApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.SideBySide;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the application allocates outside the heap, told apart over JMX. */
class OffHeapIT {

    private static final int FIRST_WITH_SEGMENTS = 22;
    private static final int BYTES = 64 << 10;
    private static final int PIECE = 16 << 10;

    /** Larger than the distance of two samples. */
    private static final int LARGE = 600_000;

    private static final String ONE = OffHeapApp.class.getName() + "$One";
    private static final String OTHER = OffHeapApp.class.getName() + "$Other";
    private static final String VIRTUAL = OffHeapApp.class.getName() + "$Virtual";

    static List<Jdk> withSegments() {
        return Jdk.usable(OffHeapIT::hasSegments);
    }

    private static boolean hasSegments(Jdk jdk) {
        return jdk.feature() >= FIRST_WITH_SEGMENTS;
    }

    @EachJdk
    @SideBySide
    void countsDirectBuffersAlsoOfTheTimeBefore(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk)) {
            jvm.ask("buffers 100 " + BYTES);
            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat(offHeap(client, "directBuffers"))
                        .as("with the JDK's own")
                        .isBetween(100L, 120L);
                assertThat(offHeap(client, "directBufferBytes")).isBetween(100L * BYTES, 110L * BYTES);

                jvm.ask("buffers 500 " + BYTES);
                eventually(() -> assertThat(offHeap(client, "directBuffers")).isBetween(600L, 620L));
                eventually(
                        () -> assertThat(offHeap(client, "directBuffers")).isEqualTo(client.pool("direct", "Count")));

                jvm.ask("drop");
                eventually(() -> assertThat(offHeap(client, "directBuffers")).isLessThan(100));
                assertThat(offHeap(client, "segments")).isEqualTo(-1);
                assertThat(offHeap(client, "segmentBytes")).isEqualTo(-1);
                assertThat(offHeap(client, "segmentsCountedMillis")).isEqualTo(-1);
                assertThat(offHeap(client, "sampledMillis")).isEqualTo(-1);
                assertThat(byClass(client)).isEmpty();
                if (!hasSegments(jdk)) {
                    assertThatThrownBy(() -> client.invoke("countSegments"))
                            .hasStackTraceContaining("native segments cannot be counted on ");
                    assertThat(offHeap(client, "segments")).isEqualTo(-1);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("withSegments")
    @SideBySide
    void countsTheSegmentsOfEachArenaFromTheRequestOn(Jdk jdk) throws Exception {
        Machine.require(hasSegments(jdk), "needs a JDK 22 or newer in /usr/lib/jvm or JAVA_HOME_*");
        try (ForkedJvm jvm = start(jdk);
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            jvm.ask("segments shared 7 " + BYTES);
            client.invoke("countSegments");
            client.invoke("countSegments");
            assertThat(offHeap(client, "segments")).isZero();
            assertThat(offHeap(client, "segmentsCountedMillis")).isNotNegative();
            long buffers = offHeap(client, "directBuffers");

            for (String arena : List.of("auto", "global", "confined", "shared")) {
                jvm.ask("segments " + arena + " 10 " + BYTES);
            }

            assertThat(offHeap(client, "segments")).isEqualTo(40);
            assertThat(offHeap(client, "segmentBytes")).isEqualTo(40L * BYTES);
            assertThat(offHeap(client, "directBuffers"))
                    .as("no segment among them")
                    .isEqualTo(buffers);
            // The reason for a count of our own: the JDK's has one arena of the four, and not apart.
            assertThat(client.pool("direct", "Count")).isEqualTo(buffers + 10);

            jvm.ask("close");
            assertThat(offHeap(client, "segments"))
                    .as("older ones are not counted back")
                    .isEqualTo(20);
            jvm.ask("drop");
            eventually(() -> assertThat(offHeap(client, "segments")).isEqualTo(10));
            assertThat(offHeap(client, "segmentBytes")).isEqualTo(10L * BYTES);
        }
    }

    @EachJdk
    @SideBySide
    void losesNoneWhereManyThreadsAllocateAndFree(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk);
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            if (hasSegments(jdk)) {
                client.invoke("countSegments");
            }
            jvm.ask("churn 4 2000 4096");

            eventually(() -> assertThat(offHeap(client, "directBuffers")).isBetween(0L, 20L));
            if (hasSegments(jdk)) {
                assertThat(offHeap(client, "segments")).isZero();
                assertThat(offHeap(client, "segmentBytes")).isZero();
            }
        }
    }

    @EachJdk
    @SideBySide
    void harmsNobodyWhereTheHooksFail(Jdk jdk) throws Exception {
        boolean hasSegments = hasSegments(jdk);
        String more = hasSegments ? "--add-opens=java.base/jdk.internal.foreign=ALL-UNNAMED" : "-showversion";
        try (ForkedJvm jvm = start(jdk, "--add-opens=java.base/java.nio=ALL-UNNAMED", more);
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            client.invoke("sampleOffHeap");
            String kind = hasSegments ? "segments shared" : "buffers";
            jvm.ask(kind + " 10 " + LARGE);
            jvm.ask("breakhook");
            jvm.ask(kind + " 10 " + LARGE);
            jvm.ask("buffers 10 " + LARGE);
            jvm.ask("close");
            jvm.ask("churn 2 100 4096");

            assertThat(jvm.stderr()).doesNotContain("Exception").doesNotContain("WARNING");
        }
    }

    /**
     * Of n pieces of 16 KiB each is sampled with the chance 1/32, and a sample stands for 512 KiB. By Chernoff's bound, with n p =
     * 128 (64 MiB) and 32 (16 MiB), an estimate lies outside of these limits in less than one of 20 million runs.
     */
    @EachJdk
    @SideBySide
    void tellsWhichClassAllocated(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk, "-XX:MaxDirectMemorySize=400m");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            jvm.ask("by One buffers 10 " + LARGE);
            client.invoke("sampleOffHeap");
            client.invoke("sampleOffHeap");
            assertThat(offHeap(client, "sampledMillis")).isNotNegative();
            assertThat(byClass(client)).as("older ones").isEmpty();
            List<String> kinds = new ArrayList<>(List.of("buffers"));
            if (hasSegments(jdk)) {
                kinds.add("segments");
            }

            for (String kind : kinds) {
                jvm.ask("by One " + kind + " 4096 " + PIECE);
                jvm.ask("by Other " + kind + " 1024 " + PIECE);
            }

            Map<String, CompositeData> rows = byClass(client);
            assertThat(rows.keySet()).contains(ONE, OTHER);
            for (String item : List.of("directBuffer", "segment")) {
                boolean isKnown = kinds.size() == 2 || item.equals("directBuffer");
                for (String name : List.of(ONE, OTHER)) {
                    long truth = (name.equals(ONE) ? 64L : 16L) << 20;
                    double least = name.equals(ONE) ? 0.5 : 0.14;
                    double most = name.equals(ONE) ? 1.6 : 2.4;
                    long bytes = (long) rows.get(name).get(item + "Bytes");
                    long number = (long) rows.get(name).get(item + "s");
                    if (isKnown) {
                        assertThat(bytes / (double) truth).as(name).isBetween(least, most);
                        assertThat(number).isEqualTo(bytes / PIECE);
                    } else {
                        assertThat(bytes).isEqualTo(-1);
                        assertThat(number).isEqualTo(-1);
                    }
                }
            }

            eventually(() -> assertThat(offHeap(client, "directBuffers"))
                    .as("samples are buffers too")
                    .isEqualTo(client.pool("direct", "Count")));
            jvm.ask("close");
            jvm.ask("drop");
            eventually(() -> assertThat(byClass(client).keySet()).doesNotContain(ONE, OTHER));
            eventually(
                    () -> assertThat((long) client.pool("direct", "MemoryUsed")).isLessThan(1 << 20));
        }
    }

    @EachJdk
    @SideBySide
    void samplesEachLargeOneWhereverItIsMade(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk, "-XX:MaxDirectMemorySize=400m");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            client.invoke("sampleOffHeap");

            jvm.ask("by Virtual buffers 10 " + LARGE);
            assertThat(jvm.ask("by Redeployed buffers 10 " + LARGE)).contains("collected");
            jvm.ask("deep " + LARGE);
            jvm.ask("by Other buffers 10 " + LARGE);

            for (String name : List.of(VIRTUAL, ONE, OTHER)) {
                CompositeData row = byClass(client).get(name);
                assertThat(row).as(name).isNotNull();
                assertThat(row.get("samples")).as(name).isEqualTo(10L);
                assertThat(row.get("directBuffers")).as(name).isEqualTo(10L);
                assertThat(row.get("directBufferBytes")).as(name).isEqualTo(10L * LARGE);
            }
            jvm.ask("drop");
            eventually(() -> assertThat(byClass(client).keySet()).doesNotContain(VIRTUAL, ONE, OTHER));
        }
    }

    @EachJdk
    @SideBySide
    void manyThreadsThatAllocateAndFreeLeaveNoRow(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk);
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            client.invoke("sampleOffHeap");

            jvm.ask("churn 8 10000 4096");
            jvm.ask("churn 8 200 " + LARGE);

            jvm.ask("drop");
            eventually(() -> assertThat(byClass(client).keySet()).doesNotContain(OffHeapApp.class.getName()));
        }
    }

    private static Map<String, CompositeData> byClass(JmxClient client) throws Exception {
        Map<String, CompositeData> rows = new TreeMap<>();
        for (CompositeData row : (CompositeData[]) client.get("OffHeapByClass")) {
            rows.put((String) row.get("className"), row);
        }
        return rows;
    }

    private static ForkedJvm start(Jdk jdk, String... flags) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("")
                .flags("-Xmx64m")
                .flags(flags)
                .main(OffHeapApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static long offHeap(JmxClient client, String item) throws Exception {
        return (long) ((CompositeData) client.get("OffHeap")).get(item);
    }
}
