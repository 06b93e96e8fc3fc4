// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import java.util.Map;

/** The OpenTelemetry agent with our rules. Its Prometheus endpoint shows what it would send to a collector. */
class OpenTelemetryIT {

    @EachJdk
    void exportsWhatJmxTells(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = Monitoring.app(jdk, "mode=all")
                .flags(
                        "-javaagent:" + Monitoring.agent("opentelemetry.jar"),
                        "-Xmx128m",
                        "-Dotel.jmx.config=" + Monitoring.file("opentelemetry/memlock.yaml"),
                        "-Dotel.jmx.discovery.delay=500",
                        "-Dotel.service.name=test",
                        "-Dotel.traces.exporter=none",
                        "-Dotel.logs.exporter=none",
                        "-Dotel.metrics.exporter=prometheus",
                        "-Dotel.exporter.prometheus.host=127.0.0.1",
                        "-Dotel.exporter.prometheus.port=" + port)
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                eventually(() -> assertThat(Exposition.at(port).types())
                        .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                                Map.entry("memlock_memory_locked_bytes", "gauge"),
                                Map.entry("memlock_memory_resident_bytes", "gauge"),
                                Map.entry("memlock_memory_swapped_bytes", "gauge"),
                                Map.entry("memlock_memory_charged_bytes", "gauge"),
                                Map.entry("memlock_memory_headroom_bytes", "gauge"),
                                Map.entry("memlock_coverage", "gauge"),
                                Map.entry("memlock_state", "gauge"),
                                Map.entry("memlock_verified_age_seconds", "gauge"),
                                Map.entry("memlock_relocks_total", "counter"),
                                Map.entry("memlock_failures_total", "counter"),
                                Map.entry("process_paging_faults_total", "counter"))));
                eventually(() -> assertLikeJmx(Exposition.at(port), client));
            }
        }
    }

    /** Fails while a new scan comes in between. */
    private static void assertLikeJmx(Exposition exposition, JmxClient client) throws Exception {
        for (String region : new String[] {"heap", "code", "metaspace", "native", "libs", "mapped"}) {
            Map<String, Object> bean = client.ofRegion(region, "LockedBytes", "ResidentBytes", "SwappedBytes");
            String label = "{memlock_region=\"" + region + "\"}";
            exposition.assertRegion(label, bean);
        }
        exposition.assertValue("memlock_memory_charged_bytes", client.get("ChargedBytes"));
        exposition.assertValue("memlock_coverage", client.get("Coverage"));
        exposition.assertValue("memlock_relocks_total", client.get("RelockCount"));
        exposition.assertValue("memlock_failures_total", client.get("FailureCount"));
        exposition.assertValue(
                "process_paging_faults_total{system_paging_fault_type=\"major\"}", client.get("MajorFaults"));
        assertThat(exposition.value("memlock_verified_age_seconds")).isBetween(0.0, 60.0);
        exposition.assertValue("memlock_state{memlock_state=\"locked\"}", 1);
        for (String other : new String[] {"partial", "failed", "unknown", "unlocked"}) {
            exposition.assertValue("memlock_state{memlock_state=\"" + other + "\"}", 0);
        }
    }
}
