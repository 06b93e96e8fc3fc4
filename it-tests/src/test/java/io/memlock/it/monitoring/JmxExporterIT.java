// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Wrappers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** jmx_exporter with our rules: names, types and units, and the values that JMX tells. */
class JmxExporterIT {

    private static final long LIMIT_BYTES = 4 << 20;

    private static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("memlock_memory_locked_bytes", "gauge"),
            Map.entry("memlock_memory_resident_bytes", "gauge"),
            Map.entry("memlock_memory_swapped_bytes", "gauge"),
            Map.entry("memlock_region_selected", "gauge"),
            Map.entry("memlock_charged_bytes", "gauge"),
            Map.entry("memlock_headroom_bytes", "gauge"),
            Map.entry("memlock_state", "gauge"),
            Map.entry("memlock_verified_age_seconds", "gauge"),
            Map.entry("memlock_relocks_total", "counter"),
            Map.entry("memlock_failures_total", "counter"),
            Map.entry("process_major_page_faults_total", "counter"));

    @EachJdk
    void exportsWhatJmxTells(Jdk jdk) throws Exception {
        Machine.requireUnlimitedLocking();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = Monitoring.app(jdk, "mode=all")
                .flags(Monitoring.jmxExporter(port))
                .start()) {
            jvm.awaitLine("ready");
            try (JmxClient client = JmxClient.attach(jvm.pid()).awaitMemoryLock()) {
                eventually(() -> {
                    Exposition exposition = Exposition.at(port);
                    assertThat(exposition.types())
                            .containsAllEntriesOf(ALWAYS)
                            .containsEntry("memlock_coverage_ratio", "gauge")
                            .hasSize(ALWAYS.size() + 1);
                    assertThat(exposition.names()).isEqualTo(exposition.types().keySet());
                });
                eventually(() -> assertLikeJmx(Exposition.at(port), client));
            }
        }
    }

    /** Fails while a new scan comes in between. */
    private static void assertLikeJmx(Exposition exposition, JmxClient client) throws Exception {
        for (String region : new String[] {"heap", "code", "metaspace", "stacks", "native", "libs", "mapped", "shm"}) {
            Map<String, Object> bean =
                    client.ofRegion(region, "LockedBytes", "ResidentBytes", "SwappedBytes", "Selected");
            String label = "{region=\"" + region + "\"}";
            exposition.assertRegion(label, bean);
            exposition.assertValue(
                    "memlock_region_selected" + label, bean.get("Selected").equals(true) ? 1 : 0);
        }
        Map<String, Object> lock = client.getTogether(
                "ChargedBytes", "Coverage", "RelockCount", "FailureCount", "MajorFaults", "VerifiedAgeMillis");
        exposition.assertValue("memlock_charged_bytes", lock.get("ChargedBytes"));
        exposition.assertValue("memlock_coverage_ratio", lock.get("Coverage"));
        exposition.assertValue("memlock_relocks_total", lock.get("RelockCount"));
        exposition.assertValue("memlock_failures_total", lock.get("FailureCount"));
        exposition.assertValue("process_major_page_faults_total", lock.get("MajorFaults"));
        assertThat(exposition.value("memlock_verified_age_seconds"))
                .isCloseTo(((Number) lock.get("VerifiedAgeMillis")).doubleValue() / 1000, Offset.offset(5.0));
        exposition.assertValue("memlock_state{state=\"LOCKED\"}", 1);
        exposition.assertValue("memlock_state{state=\"PARTIAL\"}", 0);
        exposition.assertValue("memlock_state{state=\"FAILED\"}", 0);
        exposition.assertValue("memlock_state{state=\"UNKNOWN\"}", 0);
        exposition.assertValue("memlock_state{state=\"UNLOCKED\"}", 0);
    }

    @Test
    void pageNamesAllMetrics() throws Exception {
        Set<String> metrics = new TreeSet<>(ALWAYS.keySet());
        metrics.addAll(List.of("memlock_coverage_ratio", "memlock_limit_bytes"));
        assertThat(Monitoring.rowsOfPage("[a-z]+_[a-z_]+")).containsExactlyElementsOf(metrics);
    }

    @Test
    void exportsNoCoverageOfNothingAndALimitWhereThereIsOne() {
        Machine.requireDroppableIpcLock();
        int port = JmxClient.freePort();
        try (ForkedJvm jvm = Monitoring.app(Jdk.current(), "mode=none")
                .wrapper(Wrappers.withoutIpcLock())
                .wrapper(Wrappers.memlockLimit(LIMIT_BYTES))
                .flags(Monitoring.jmxExporter(port))
                .start()) {
            jvm.awaitLine("ready");
            eventually(() -> {
                Exposition exposition = Exposition.at(port);
                assertThat(exposition.value("memlock_limit_bytes")).isEqualTo(LIMIT_BYTES);
                assertThat(exposition.value("memlock_state{state=\"UNLOCKED\"}"))
                        .isEqualTo(1);
                assertThat(exposition.names())
                        .contains("memlock_memory_resident_bytes")
                        .doesNotContain("memlock_coverage_ratio");
            });
        }
    }
}
