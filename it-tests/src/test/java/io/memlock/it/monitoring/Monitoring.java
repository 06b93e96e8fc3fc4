// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.monitoring;

import io.memlock.it.apps.KeepingApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** JVMs that an exporter reads, and what it answers. */
final class Monitoring {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private Monitoring() {}

    /** Returns a file of packaging/monitoring. */
    static Path file(String name) {
        return existing(Path.of(System.getProperty("memlock.monitoring.files"), name));
    }

    /** Returns the jar of an agent that reads JMX. */
    static Path agent(String name) {
        return existing(Path.of(System.getProperty("memlock.monitoring.agents"), name));
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AssertionError(file + " does not exist; run the tests with mvn verify");
        }
        return file.normalize();
    }

    /**
     * Returns what begins a row of a table of README.
     *
     * @param name a regular expression
     */
    static Set<String> rowsOfPage(String name) throws IOException {
        Set<String> names = new TreeSet<>();
        Pattern row = Pattern.compile("^\\| `(" + name + ")[`{]", Pattern.MULTILINE);
        row.matcher(Files.readString(file("README.md"))).results().forEach(match -> names.add(match.group(1)));
        return names;
    }

    /** Begins the description of a small JVM with our agent. */
    static ForkedJvm.Builder app(Jdk jdk, String options) {
        return ForkedJvm.on(jdk)
                .agent(options)
                .withJna()
                .main(KeepingApp.class)
                .flags("-XX:+UseSerialGC", "-Xmx32m", "-XX:TieredStopAtLevel=1");
    }

    /** Returns the flag that has jmx_exporter answer on a port. */
    static String jmxExporter(int port) {
        return "-javaagent:" + agent("jmx-exporter.jar") + "=127.0.0.1:" + port + ":"
                + file("jmx-exporter/memlock.yml");
    }

    /** Returns what is answered at an address, whatever its status. */
    static String read(String address) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                    .timeout(PATIENCE)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
