// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.bootstrap.StandardError;
import io.memlock.jmx.MemoryLockMXBean;
import io.memlock.jmx.RegionMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.Name;
import jdk.jfr.Period;
import org.junit.jupiter.api.Test;

/** The pages name what the code offers to monitoring, and nothing else. */
class PagesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path MONITORING = Path.of("..", "packaging", "monitoring");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\|");

    @Test
    void logPageHasTheExpressionThatMatchesEachFirstLine() throws IOException {
        Matcher quoted = Pattern.compile("(?m)^ {4}(\\^.*\\$)$").matcher(Files.readString(DOCS.resolve("log.md")));
        assertThat(quoted.find()).isTrue();
        Pattern expression = Pattern.compile(quoted.group(1));
        for (String level :
                new String[] {StandardError.ERROR, StandardError.WARN, StandardError.INFO, StandardError.DEBUG}) {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            new StandardError(new PrintStream(written, true, StandardCharsets.UTF_8)).print(level, "one\n  two");
            String[] lines = written.toString(StandardCharsets.UTF_8).split("\n", -1);

            Matcher first = expression.matcher(lines[0]);
            assertThat(first.matches()).as(lines[0]).isTrue();
            assertThat(first.group("level")).isEqualTo(level);
            assertThat(first.group("pid"))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
            assertThat(first.group("message")).isEqualTo("one");
            assertThat(expression.matcher(lines[1]).matches()).as(lines[1]).isFalse();
        }
    }

    @Test
    void jmxPageNamesAllAttributesAndOperations() throws IOException {
        String page = Files.readString(DOCS.resolve("jmx.md"));
        int regions = page.indexOf("\n## Regions");
        int cost = page.indexOf("\n## What a scan costs");

        assertThat(namesInRows(page.substring(0, regions))).isEqualTo(attributes(MemoryLockMXBean.class));
        assertThat(names(page.substring(regions, cost)))
                .containsAll(attributes(RegionMXBean.class))
                .allMatch(name ->
                        name.contains("=") || attributes(RegionMXBean.class).contains(name));

        SortedSet<String> operations = new TreeSet<>();
        for (Method method : MemoryLockMXBean.class.getMethods()) {
            if (attribute(method) == null) {
                operations.add(method.getName());
            }
        }
        Matcher sentence = Pattern.compile("(?s)The operations are (.*?)\\. ").matcher(page);
        assertThat(sentence.find()).isTrue();
        assertThat(names(sentence.group(1).replaceAll("\\([a-z]*\\)", ""))).isEqualTo(operations);
    }

    @Test
    void flightRecorderPageNamesAllEventsAndTheirPeriods() throws Exception {
        Map<String, String> told = new TreeMap<>();
        Pattern.compile("(?m)^\\| `(memlock\\.\\w+)` \\| ([^|]*) \\|")
                .matcher(Files.readString(DOCS.resolve("jfr.md")))
                .results()
                .forEach(row -> told.put(row.group(1), period(row.group(2))));

        Map<String, String> offered = new TreeMap<>();
        Path classes = Path.of("target", "classes", "io", "memlock", "jfr");
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Class<?> type = Class.forName(
                        "io.memlock.jfr." + file.getFileName().toString().replace(".class", ""));
                Name name = type.getAnnotation(Name.class);
                if (name != null) {
                    Period period = type.getAnnotation(Period.class);
                    offered.put(name.value(), period == null ? "" : period.value());
                }
            }
        }
        assertThat(told).isEqualTo(offered);
    }

    private static String period(String when) {
        return when.contains("end of each chunk")
                ? "endChunk"
                : when.equals("every second") ? "1 s" : when.startsWith("every ") ? when.substring(6) : "";
    }

    @Test
    void monitoringPageNamesAllMetricsOfOpenTelemetry() throws IOException {
        SortedSet<String> metrics = new TreeSet<>();
        Pattern.compile("metric: (\\S+)")
                .matcher(Files.readString(MONITORING.resolve("opentelemetry").resolve("memlock.yaml")))
                .results()
                .forEach(metric -> metrics.add(metric.group(1)));
        String page = Files.readString(MONITORING.resolve("README.md"));
        String section = page.substring(page.indexOf("\n## OpenTelemetry"), page.indexOf("\n## Jolokia"));

        assertThat(namesInRows(section.replaceAll(", (by|with) [^|]*", " "))).isEqualTo(metrics);
    }

    private static SortedSet<String> attributes(Class<?> bean) {
        SortedSet<String> attributes = new TreeSet<>();
        for (Method method : bean.getMethods()) {
            if (attribute(method) != null) {
                attributes.add(attribute(method));
            }
        }
        return attributes;
    }

    private static String attribute(Method method) {
        String name = method.getName();
        return name.startsWith("get") ? name.substring(3) : name.startsWith("is") ? name.substring(2) : null;
    }

    /** Returns what stands between backquotes in the first cells of tables. */
    private static SortedSet<String> namesInRows(String text) {
        SortedSet<String> names = new TreeSet<>();
        ROW.matcher(text).results().forEach(row -> names.addAll(names(row.group(1))));
        return names;
    }

    private static SortedSet<String> names(String text) {
        SortedSet<String> names = new TreeSet<>();
        QUOTED.matcher(text).results().forEach(name -> names.add(name.group(1)));
        return names;
    }
}
