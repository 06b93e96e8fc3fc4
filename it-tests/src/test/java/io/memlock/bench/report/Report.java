// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.memlock.bench.Plan;
import io.memlock.bench.Samples;
import io.memlock.bench.Suite;
import io.memlock.bench.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes {@code report.md}, its pictures and {@code data.json}. */
public final class Report {

    private final Plan plan;
    private final List<Suite> suites;

    /** A report on suites. */
    public Report(Plan plan, List<Suite> suites) {
        this.plan = plan;
        this.suites = suites;
    }

    /** Writes all there is up to now. */
    public void write(Samples samples) throws IOException {
        Path directory = Files.createDirectories(plan.target());
        removeOld(directory);
        Map<String, String> machine = MachineText.describe();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Page page = new Page(directory);
        page.text("# Benchmarks of " + today);
        page.text("Made with `mvn -Pbench verify" + (plan.quick() ? " -Dbench=quick" : "") + "`. Every figure is a"
                + " median of runs interleaved with those it is compared with, smallest and largest in brackets.");
        if (!plan.note().isEmpty()) {
            page.text("**" + plan.note() + "**");
        }
        page.text(
                "The same on your machine, in five minutes: `mvn -Pbench verify -Dbench=quick -Dbench.only=pressure`.");
        suites.forEach(suite -> suite.reportInShort(samples, page));
        writeTargets(samples, page);
        page.table(
                List.of("", "machine"),
                machine.entrySet().stream()
                        .map(fact -> List.of(fact.getKey(), fact.getValue()))
                        .toList());
        for (Suite suite : suites) {
            if (!samples.cases(suite.name()).isEmpty()) {
                suite.report(samples, page);
            }
        }
        if (!samples.failures().isEmpty()) {
            page.heading("What could not be measured");
            page.table(
                    List.of("suite | case | contender".replace(" | ", ", "), "why"),
                    samples.failures().entrySet().stream()
                            .map(entry -> List.of(entry.getKey().replace(" | ", ", "), entry.getValue()))
                            .toList());
        }
        Files.writeString(directory.resolve("report.md"), page.markdown().stripLeading());
        writeData(directory, machine, samples);
        if (plan.publish()) {
            publish(directory, Files.createDirectories(plan.docs().resolve(today.toString())));
        }
    }

    private void writeTargets(Samples samples, Page page) {
        List<List<String>> rows = suites.stream()
                .flatMap(suite -> suite.targets(samples).stream())
                .filter(Target::isMeasured)
                .map(target -> List.of(
                        target.what(), target.boundText(), target.figureText(), target.isMet() ? "met" : "missed"))
                .toList();
        if (!rows.isEmpty()) {
            page.heading("What we want, and what was measured");
            page.table(List.of("", "wanted", "measured", ""), rows);
        }
    }

    private static void writeData(Path directory, Map<String, String> machine, Samples samples) throws IOException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("machine", machine);
        data.put("samples", samples.all());
        data.put("failures", samples.failures());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("data.json").toFile(), data);
    }

    private static void removeOld(Path directory) throws IOException {
        for (Path picture : files(directory, ".svg")) {
            Files.delete(picture);
        }
    }

    private static void publish(Path from, Path to) throws IOException {
        removeOld(to);
        for (Path file : files(from, ".md", ".svg", ".json")) {
            Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static List<Path> files(Path directory, String... endings) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Stream.of(endings)
                            .anyMatch(ending -> file.toString().endsWith(ending)))
                    .toList();
        }
    }
}
