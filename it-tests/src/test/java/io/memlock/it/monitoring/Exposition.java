// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an exporter answers, in Prometheus' text format.
 *
 * @param values by series, as {@code memlock_state{state="LOCKED"}}
 * @param types by metric, as {@code gauge}
 */
record Exposition(Map<String, Double> values, Map<String, String> types) {

    private static final Pattern SERIES = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");

    /** OpenTelemetry names the library that measured with every value. */
    private static final Pattern SCOPE = Pattern.compile("otel_scope_[a-z_]+=\"[^\"]*\",?");

    /** Reads those of an exporter at a port that are ours. */
    static Exposition at(int port) {
        return parse(Monitoring.read("http://127.0.0.1:" + port + "/metrics"));
    }

    private static Exposition parse(String text) {
        Map<String, Double> values = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (line.startsWith("# TYPE ") && isOurs(words[2])) {
                types.put(words[2], words[3]);
            }
            Matcher series = SERIES.matcher(line);
            if (series.matches() && isOurs(series.group(1))) {
                values.put(series.group(1) + labels(series.group(2)), Double.valueOf(series.group(3)));
            }
        }
        return new Exposition(values, types);
    }

    private static boolean isOurs(String metric) {
        return metric.startsWith("memlock_")
                || metric.startsWith("process_major_page")
                || metric.startsWith("process_paging_faults");
    }

    private static String labels(String text) {
        String own = text == null ? "" : SCOPE.matcher(text).replaceAll("").replaceFirst(",$", "");
        return own.isEmpty() ? "" : "{" + own + "}";
    }

    /** Returns the names of the metrics there are. */
    Set<String> names() {
        return values.keySet().stream()
                .map(series -> series.replaceFirst("\\{.*", ""))
                .collect(Collectors.toSet());
    }

    /** Returns the value of a series, null where there is none. */
    Double value(String series) {
        return values.get(series);
    }

    /** Fails unless a series has a value of JMX. */
    void assertValue(String series, Object expected) {
        assertThat(value(series)).as(series).isEqualTo(((Number) expected).doubleValue());
    }

    /** Fails unless the bytes of a region are those of JMX. */
    void assertRegion(String label, Map<String, Object> bean) {
        assertValue("memlock_memory_locked_bytes" + label, bean.get("LockedBytes"));
        assertValue("memlock_memory_resident_bytes" + label, bean.get("ResidentBytes"));
        assertValue("memlock_memory_swapped_bytes" + label, bean.get("SwappedBytes"));
    }
}
