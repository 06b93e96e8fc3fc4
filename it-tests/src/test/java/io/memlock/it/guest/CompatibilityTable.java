// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code docs/compatibility.tsv}, a row for each guest that was ever run, and {@code docs/compatibility.md}, the table made
 * of it. Both are written after each guest, so that a run that is broken off keeps what it found.
 */
final class CompatibilityTable {

    private static final String SEPARATOR = "\t";

    private final Path docs;
    private final Map<String, List<String>> rows = new TreeMap<>();

    private CompatibilityTable(Path docs) {
        this.docs = docs;
    }

    /** Reads the rows of earlier runs. The system property {@code guests.docs} names the directory. */
    static CompatibilityTable read() {
        String property = System.getProperty("guests.docs", "");
        Path docs = property.isEmpty() ? AgentJar.testClasses().resolveSibling("guests") : Path.of(property);
        CompatibilityTable table = new CompatibilityTable(docs);
        try {
            Files.createDirectories(docs);
            if (Files.exists(table.data())) {
                for (String line : Files.readAllLines(table.data())) {
                    List<String> row = List.of(line.split(SEPARATOR, -1));
                    table.rows.put(key(row), row);
                }
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes in what came of a guest, and writes both files. */
    void put(GuestRun run) {
        List<GuestRun.Result> results = run.results();
        List<GuestRun.Result> failed =
                results.stream().filter(GuestRun.Result::isFailure).toList();
        List<GuestRun.Result> skipped =
                results.stream().filter(GuestRun.Result::isSkipped).toList();
        List<String> row = List.of(
                run.kernel().release(),
                run.kernel().architecture().toString(),
                Integer.toString(run.kernel().pageKibibytes()),
                Integer.toString(run.jdk().feature()),
                run.fact("kernel").orElse("unknown"),
                run.fact("jdk").orElse("unknown"),
                LocalDate.now(ZoneOffset.UTC).toString(),
                commit(),
                Integer.toString(results.size() - failed.size() - skipped.size()),
                names(failed),
                names(skipped),
                run.fact("lock-ms").orElse("unknown"),
                run.fact("hello-ms").orElse("unknown"),
                run.list());
        rows.put(key(row), row);
        try {
            Files.write(data(), lines());
            Files.writeString(docs.resolve("compatibility.md"), CompatibilityPage.of(List.copyOf(rows.values())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path data() {
        return docs.resolve("compatibility.tsv");
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        rows.values().forEach(row -> lines.add(String.join(SEPARATOR, row)));
        return lines;
    }

    private static String key(List<String> row) {
        return String.join(SEPARATOR, row.subList(0, 4));
    }

    private static String names(List<GuestRun.Result> results) {
        return results.stream().map(GuestRun.Result::name).collect(Collectors.joining("; "));
    }

    /** That what was run comes from, marked if something was changed since: other rows of this table do not count. */
    private static String commit() {
        String changes =
                git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":(top,exclude)docs/compatibility.*");
        return git("describe", "--always") + (changes.isEmpty() ? "" : "-dirty");
    }

    private static String git(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("git", "-C", AgentJar.testClasses().toString()));
        command.addAll(List.of(arguments));
        return Commands.succeed(command.toArray(String[]::new)).strip();
    }
}
