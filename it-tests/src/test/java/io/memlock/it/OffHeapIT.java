// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.it.apps.OffHeapApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import java.util.List;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the application allocates outside the heap, told apart over JMX. */
class OffHeapIT {

    private static final int FIRST_WITH_SEGMENTS = 22;
    private static final int BYTES = 64 << 10;

    static List<Jdk> withSegments() {
        return Jdk.all().stream()
                .filter(jdk -> jdk.feature() >= FIRST_WITH_SEGMENTS)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("io.memlock.it.harness.Jdk#all")
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
                if (jdk.feature() < FIRST_WITH_SEGMENTS) {
                    assertThatThrownBy(() -> client.invoke("countSegments"))
                            .hasStackTraceContaining("native segments can be counted on JDK 22 and later, and this is");
                    assertThat(offHeap(client, "segments")).isEqualTo(-1);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("withSegments")
    void countsTheSegmentsOfEachArenaFromTheRequestOn(Jdk jdk) throws Exception {
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

    @ParameterizedTest
    @MethodSource("io.memlock.it.harness.Jdk#all")
    void losesNoneWhereManyThreadsAllocateAndFree(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk);
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            if (jdk.feature() >= FIRST_WITH_SEGMENTS) {
                client.invoke("countSegments");
            }
            jvm.ask("churn 4 2000 4096");

            eventually(() -> assertThat(offHeap(client, "directBuffers")).isBetween(0L, 20L));
            if (jdk.feature() >= FIRST_WITH_SEGMENTS) {
                assertThat(offHeap(client, "segments")).isZero();
                assertThat(offHeap(client, "segmentBytes")).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("withSegments")
    void harmsNobodyWhereTheHookFails(Jdk jdk) throws Exception {
        try (ForkedJvm jvm = start(jdk, "--add-opens=java.base/jdk.internal.foreign=ALL-UNNAMED");
                JmxClient client = JmxClient.attach(jvm.pid())) {
            client.awaitMemoryLock();
            client.invoke("countSegments");
            jvm.ask("segments shared 10 " + BYTES);
            jvm.ask("breakhook");
            jvm.ask("segments shared 10 " + BYTES);
            jvm.ask("close");
            jvm.ask("churn 2 100 4096");

            assertThat(jvm.stderr()).doesNotContain("Exception").doesNotContain("WARNING");
        }
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
