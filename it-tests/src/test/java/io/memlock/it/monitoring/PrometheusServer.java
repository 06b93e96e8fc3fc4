// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.it.harness.JmxClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Prometheus with our rules that scrapes ports of this machine each second. It is killed when closed. */
final class PrometheusServer implements AutoCloseable {

    /** Between two scrapes, and between two evaluations of the rules. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final int port = JmxClient.freePort();
    private final Path log;
    private final Process process;

    PrometheusServer(Path directory, Path rules, List<Integer> ports) throws IOException {
        Path configuration = directory.resolve("prometheus.yml");
        String targets =
                ports.stream().map(target -> "\"127.0.0.1:" + target + "\"").collect(Collectors.joining(", "));
        Files.writeString(
                configuration,
                String.format(
                        """
                global:
                  scrape_interval: %1$ds
                  scrape_timeout: %1$ds
                  evaluation_interval: %1$ds
                rule_files: [%2$s]
                scrape_configs:
                  - job_name: jvms
                    static_configs:
                      - targets: [%3$s]
                """,
                        INTERVAL.toSeconds(), rules, targets));
        log = directory.resolve("prometheus.log");
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /**
     * Asks it.
     *
     * @param expression in PromQL
     * @return the series, with {@code metric} and {@code value}, or {@code values} if the expression is of a range
     */
    List<JsonNode> query(String expression) throws IOException {
        String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        JsonNode answer = new ObjectMapper()
                .readTree(Monitoring.read("http://127.0.0.1:" + port + "/api/v1/query?query=" + encoded));
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + answer + "\n" + Files.readString(log));
        }
        List<JsonNode> series = new ArrayList<>();
        answer.path("data").path("result").forEach(series::add);
        return series;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
