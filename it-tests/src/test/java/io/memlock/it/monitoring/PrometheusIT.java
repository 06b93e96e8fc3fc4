// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Wrappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus with our alerts, and the queries of our dashboard. -Dmonitoring.jvms tells how many JVMs it scrapes. */
class PrometheusIT {

    private static final int JVMS = Integer.getInteger("monitoring.jvms");

    /** More than Serial needs beside its heap. Without CAP_SYS_RESOURCE a limit can only be lowered. */
    private static final long LIMIT_BYTES = 4 << 20;

    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Duration QUERY_TAKES = Duration.ofSeconds(1);
    private static final String NOT_LOCKED = "ALERTS{alertname=\"MemlockNotLocked\", alertstate=\"firing\"}";

    @TempDir
    Path directory;

    private final List<ForkedJvm> jvms = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    @BeforeEach
    void needsPrometheus() {
        Machine.require(
                Machine.hasCommand("prometheus") && Machine.hasCommand("promtool"),
                "needs prometheus and promtool (Debian: apt-get install prometheus)");
    }

    @Test
    void eachAlertFiresWhenItShouldAndNotOtherwise() {
        Path tests = Monitoring.file("prometheus/memlock.test.yml");
        Commands.succeed(
                "promtool",
                "check",
                "rules",
                Monitoring.file("prometheus/memlock.rules.yml").toString());
        Commands.succeed("promtool", "test", "rules", tests.toString());
    }

    @Test
    void pageNamesAllAlerts() throws Exception {
        String rules = Files.readString(Monitoring.file("prometheus/memlock.rules.yml"));
        Set<String> alerts = new TreeSet<>();
        ALERT.matcher(rules).results().forEach(alert -> alerts.add(alert.group(1)));
        assertThat(Monitoring.rowsOfPage("Memlock[A-Za-z]+")).containsExactlyElementsOf(alerts);
    }

    @Test
    void alarmsWhenMemoryIsUnlockedForGoodAndAtNoOtherTime() throws Exception {
        Machine.requireUnlimitedLocking();
        Machine.requireDroppableIpcLock();
        try {
            for (int i = 1; i < JVMS; i++) {
                start("mode=all", List.of());
            }
            List<String> limited = new ArrayList<>(Wrappers.withoutIpcLock());
            limited.addAll(Wrappers.memlockLimit(LIMIT_BYTES));
            ForkedJvm victim = start("mode=gc", limited);
            for (ForkedJvm jvm : jvms) {
                jvm.awaitLine("ready");
            }
            try (PrometheusServer prometheus =
                    new PrometheusServer(directory, Monitoring.file("prometheus/memlock.rules.yml"), ports)) {
                eventually(() -> assertThat(prometheus.query("memlock_state{state=\"LOCKED\"} == 1"))
                        .hasSize(JVMS));
                for (ForkedJvm jvm : jvms) {
                    jvm.ask("grow 10");
                    jvm.ask("shrink");
                }
                assertDashboardIsAnswered(prometheus);
                assertThat(victim.ask("munlockall")).isEqualTo("0");
                eventually(() -> assertThat(prometheus.query("memlock_relocks_total{" + of(victim) + "} > 0"))
                        .as("what the agent locks again is no alarm")
                        .hasSize(1));
                assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();

                Commands.succeed("prlimit", "--pid", Long.toString(victim.pid()), "--memlock=0:0");
                victim.ask("munlockall");
                eventually(() -> assertThat(prometheus.query(NOT_LOCKED)).hasSize(1));
                JsonNode alert = prometheus.query(NOT_LOCKED).get(0);
                assertThat(alert.at("/metric/instance").asText()).isEqualTo("127.0.0.1:" + port(victim));
                double seen = begin(prometheus, "memlock_state{state=~\"PARTIAL|FAILED\", " + of(victim) + "}");
                double fired = begin(prometheus, NOT_LOCKED);
                double gap = largestGap(prometheus, "up{" + of(victim) + "}", seen, fired);
                System.out.printf(
                        "alert %.2f s after the first scrape that shows it, at most %.2f s between scrapes, %d JVMs%n",
                        fired - seen, gap, JVMS);
                assertThat(fired - seen)
                        .as("a scrape and an evaluation, of which the machine delays both")
                        .isLessThanOrEqualTo(2 * Math.max(gap, (double) PrometheusServer.INTERVAL.toSeconds()));
                assertThat(prometheus.query(
                                "ALERTS{alertstate=\"firing\", instance!=\"127.0.0.1:" + port(victim) + "\"}"))
                        .isEmpty();
            }
        } finally {
            jvms.forEach(ForkedJvm::close);
        }
    }

    private ForkedJvm start(String options, List<String> wrapper) {
        int port = JmxClient.freePort();
        ForkedJvm jvm = Monitoring.app(Jdk.current(), options)
                .wrapper(wrapper)
                .flags(Monitoring.jmxExporter(port))
                .start();
        ports.add(port);
        jvms.add(jvm);
        return jvm;
    }

    private int port(ForkedJvm jvm) {
        return ports.get(jvms.indexOf(jvm));
    }

    private String of(ForkedJvm jvm) {
        return "instance=\"127.0.0.1:" + port(jvm) + "\"";
    }

    /** Returns the time of the first sample of a series that is 1, in seconds. */
    private static double begin(PrometheusServer prometheus, String series) throws IOException {
        double first = Double.MAX_VALUE;
        for (JsonNode one : prometheus.query(series + "[10m]")) {
            for (JsonNode sample : one.path("values")) {
                if (sample.get(1).asText().equals("1")) {
                    first = Math.min(first, sample.get(0).asDouble());
                }
            }
        }
        return first;
    }

    /** Returns the longest time from one sample of a series to the next in a window, the one that begins it included, in seconds. */
    private static double largestGap(PrometheusServer prometheus, String series, double begin, double end)
            throws IOException {
        double largest = 0;
        for (JsonNode one : prometheus.query(series + "[10m]")) {
            double last = Double.MAX_VALUE;
            for (JsonNode sample : one.path("values")) {
                double time = sample.get(0).asDouble();
                if (time >= begin && last < end) {
                    largest = Math.max(largest, time - last);
                }
                last = time;
            }
        }
        return largest;
    }

    private void assertDashboardIsAnswered(PrometheusServer prometheus) throws IOException {
        Map<String, String> expressions = expressions();
        assertThat(expressions).hasSizeGreaterThan(9);
        for (Map.Entry<String, String> panel : expressions.entrySet()) {
            String expression = panel.getValue()
                    .replace("$__rate_interval", "1m")
                    .replace("$job", ".*")
                    .replace("$instance", "127.0.0.1:" + ports.get(0));
            assertThat(expression).as(panel.getKey()).doesNotContain("$");
            // A rate needs two scrapes.
            eventually(() -> {
                long begin = System.nanoTime();
                List<JsonNode> series = prometheus.query(expression);
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                assertThat(series).as(panel.getKey() + ": " + expression).isNotEmpty();
                assertThat(took).as(panel.getKey()).isLessThan(QUERY_TAKES);
            });
        }
    }

    /** Returns the queries of the dashboard by panel and legend. */
    private static Map<String, String> expressions() throws IOException {
        Map<String, String> expressions = new TreeMap<>();
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(Monitoring.file("grafana/memlock.json")));
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.put(
                        panel.path("title").asText() + ", "
                                + target.path("refId").asText(),
                        target.path("expr").asText());
            }
        }
        return expressions;
    }
}
