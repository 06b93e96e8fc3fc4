// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.bench.Samples;
import io.memlock.bench.Spread;
import io.memlock.bench.Target;
import io.memlock.bench.contender.Contender;
import io.memlock.bench.contender.Contenders;
import io.memlock.bench.report.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables and pictures of the pressure cases. */
final class PressureReport {

    private static final String PREFAULT = Contenders.PREFAULT.name();

    private static final List<String> IN_SHORT = List.of(
            PressureSuite.BUSY_FLOOR,
            Contender.NO_AGENT,
            Contenders.CURRENT_FUTURE,
            Contenders.MODE_ALL.name(),
            PREFAULT);

    private static final List<String> COMPARED = List.of(PREFAULT, Contenders.CURRENT_FUTURE);

    private final String suite;
    private final Samples samples;
    private final Page page;

    PressureReport(String suite, Samples samples, Page page) {
        this.suite = suite;
        this.samples = samples;
        this.page = page;
    }

    /** Writes a table of all cases, a picture of the first, and what we want of prefault. */
    void writeInShort() {
        List<String> cases = samples.cases(suite);
        if (cases.isEmpty()) {
            return;
        }
        page.heading("In short");
        page.text("How long the slowest of a thousand requests takes (p99.9, milliseconds) while a neighbour takes the"
                + " memory, and in brackets how many MiB the service keeps in RAM: Pss, which counts memory once that a process maps"
                + " several times. Where the service or its neighbour did not live to the end, because the OOM killer ended it or"
                + " its JVM gave up, in how many rounds.");
        List<String> header = new ArrayList<>(List.of(""));
        header.addAll(IN_SHORT);
        page.table(header, cases.stream().map(this::rowInShort).toList());
        String first = cases.get(0);
        page.bars(
                "p99.9 under memory pressure, " + first,
                "ms",
                IN_SHORT,
                contender -> medianOf(first, contender, "p99.9") / 1000);
        writeTargets();
    }

    private void writeTargets() {
        List<String> cases = samples.cases(suite).stream()
                .filter(caseName -> samples.contenders(suite, caseName).containsAll(COMPARED))
                .toList();
        if (cases.isEmpty()) {
            return;
        }
        page.text("What we want of `mode=all,prefault=heap` under pressure, and what was measured: p99.9 divided and"
                + " resident MiB subtracted, round by round. *Twice the same* is `mlockall(C+F)` over itself. Bold figures"
                + " miss.");
        page.table(
                List.of(
                        "",
                        "p99.9, of mlockall(C+F)'s: at most 1",
                        "twice the same",
                        "p99.9, of the busy floor's: at most 2",
                        "MiB less than mlockall(C+F): at least 150",
                        "MiB more than mode=all: at most 64"),
                cases.stream().map(this::targetRow).toList());
    }

    private List<String> targetRow(String caseName) {
        Spread ofPopulating = ratio(caseName, PREFAULT, Contenders.CURRENT_FUTURE);
        Spread again = ratio(caseName, Contender.nameAgain(Contenders.CURRENT_FUTURE), Contenders.CURRENT_FUTURE);
        Spread ofFloor = ratio(caseName, PREFAULT, PressureSuite.BUSY_FLOOR);
        Spread saved = difference(caseName, Contenders.CURRENT_FUTURE, PREFAULT);
        Spread reserve = difference(caseName, PREFAULT, Contenders.MODE_ALL.name());
        return List.of(
                caseName,
                Target.atMost(1, caseName, ofPopulating).figureText(),
                again.text(),
                Target.atMost(2, caseName, ofFloor).figureText(),
                Target.atLeast(150, caseName, saved).figureText(),
                Target.atMost(64, caseName, reserve).figureText());
    }

    private Spread ratio(String caseName, String contender, String baseline) {
        return samples.paired(suite, caseName, contender, baseline, "p99.9", (x, base) -> x / base);
    }

    private Spread difference(String caseName, String contender, String other) {
        return samples.paired(suite, caseName, contender, other, "residentMegabytes", (x, less) -> x - less);
    }

    private List<String> rowInShort(String caseName) {
        List<String> row = new ArrayList<>(List.of(caseName));
        for (String contender : IN_SHORT) {
            String figures = Spread.number(medianOf(caseName, contender, "p99.9") / 1000) + " ("
                    + Spread.number(medianOf(caseName, contender, "residentMegabytes")) + ")";
            row.add(withWhoEnded(caseName, contender, isMeasured(caseName, contender) ? figures : ""));
        }
        return row;
    }

    private boolean isMeasured(String caseName, String contender) {
        return rounds(caseName, contender, "p50") > 0;
    }

    /** A text, and who ended in how many rounds, as far as there is anything to tell. */
    private String withWhoEnded(String caseName, String contender, String text) {
        int service = rounds(caseName, contender, PressureRun.SERVICE_ENDED);
        int neighbour = rounds(caseName, contender, PressureRun.NEIGHBOUR_ENDED);
        int all = rounds(caseName, contender, "p50") + service + neighbour;
        List<String> texts = new ArrayList<>(List.of(text));
        texts.add(service == 0 ? "" : "service ended in " + service + " of " + all);
        texts.add(neighbour == 0 ? "" : "neighbour ended in " + neighbour + " of " + all);
        texts.removeIf(String::isEmpty);
        return texts.isEmpty() ? "-" : String.join("; ", texts);
    }

    private int rounds(String caseName, String contender, String value) {
        return samples.byRound(suite, caseName, contender, value).size();
    }

    private double medianOf(String caseName, String contender, String value) {
        return samples.spread(suite, caseName, contender, value).median();
    }

    void write() {
        page.heading("Under memory pressure");
        page.text(
                "A service and a neighbour in one memory cgroup, on a CPU each; the neighbour touches more than is left."
                        + " Requests come at a fixed rate and their latency (milliseconds) counts from when they should have"
                        + " begun. *x no lock* is p99.9 of no agent over this one's (more is better); *x floor* is p99.9 over"
                        + " that without a neighbour, *x busy* over that beside one that keeps its CPU as busy in 32 MiB, which"
                        + " tells memory from CPUs and the host's share of them (less is better); all round by round. Major"
                        + " faults, swapped and resident MiB (Pss) are the service's. What the neighbour gets done is in MiB touched"
                        + " a second.");
        for (String caseName : samples.cases(suite)) {
            page.subheading(caseName);
            List<String> names = samples.contenders(suite, caseName);
            page.table(
                    List.of(
                            "",
                            "p50",
                            "p99",
                            "p99.9",
                            "p99.99",
                            "max",
                            "x no lock",
                            "x floor",
                            "x busy",
                            "major faults",
                            "swapped",
                            "resident",
                            "neighbour"),
                    names.stream().map(name -> row(caseName, name)).toList());
            Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
            names.forEach(name -> lines.put(name, percentiles(caseName, name)));
            lines.values().removeIf(Map::isEmpty);
            page.percentiles("pressure " + caseName, lines);
        }
    }

    private List<String> row(String caseName, String contender) {
        String name = withWhoEnded(caseName, contender, contender);
        if (!isMeasured(caseName, contender)) {
            String failure = samples.failure(suite, caseName, contender);
            return failure == null ? List.of(name) : List.of(name, "cannot: " + failure);
        }
        return List.of(
                name,
                millis(caseName, contender, "p50"),
                millis(caseName, contender, "p99"),
                millis(caseName, contender, "p99.9"),
                millis(caseName, contender, "p99.99"),
                millis(caseName, contender, "p100"),
                samples.paired(suite, caseName, contender, Contender.NO_AGENT, "p99.9", (x, none) -> none / x)
                        .text(),
                ratio(caseName, contender, PressureSuite.FLOOR).text(),
                ratio(caseName, contender, PressureSuite.BUSY_FLOOR).text(),
                samples.spread(suite, caseName, contender, "majorFaults").text(),
                samples.spread(suite, caseName, contender, "swappedMegabytes").text(),
                samples.spread(suite, caseName, contender, "residentMegabytes").text(),
                samples.spread(suite, caseName, contender, "neighbourMegabytesPerSecond")
                        .text());
    }

    private String millis(String caseName, String contender, String percentile) {
        return samples.paired(suite, caseName, contender, contender, percentile, (micros, same) -> micros / 1000)
                .text();
    }

    private Map<Double, Double> percentiles(String caseName, String contender) {
        Map<Double, Double> points = new TreeMap<>();
        samples.all().stream()
                .filter(sample -> sample.suite().equals(suite)
                        && sample.caseName().equals(caseName)
                        && sample.contender().equals(contender))
                .flatMap(sample -> sample.values().keySet().stream())
                .filter(value -> value.matches("p[0-9.]+"))
                .distinct()
                .forEach(value -> points.put(
                        Double.valueOf(value.substring(1)),
                        samples.spread(suite, caseName, contender, value).median()));
        return points;
    }
}
