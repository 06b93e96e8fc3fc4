// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/** All that was measured, in the order it was. */
public final class Samples {

    private final List<Sample> all = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    /** Adds the result of a run. */
    public void add(Sample sample) {
        all.add(sample);
        System.out.println("  " + sample.caseName() + ", " + sample.contender() + ", round " + sample.round() + ": "
                + sample.values());
    }

    /** Notes that a contender could not do a case, and why. */
    public void cannot(String suite, String caseName, String contender, String reason) {
        failures.putIfAbsent(key(suite, caseName, contender), reason);
        System.out.println("  " + caseName + ", " + contender + ": CANNOT: " + reason);
    }

    /** Why a contender could not do a case, or null. */
    public String failure(String suite, String caseName, String contender) {
        return failures.get(key(suite, caseName, contender));
    }

    /**
     * A row of a table for each contender of a case.
     *
     * @param cells what is told of a contender beside its name; where it could not do the case, why stands there
     */
    public List<List<String>> rows(String suite, String caseName, Function<String, List<String>> cells) {
        List<List<String>> rows = new ArrayList<>();
        for (String contender : contenders(suite, caseName)) {
            String failure = failure(suite, caseName, contender);
            List<String> row = new ArrayList<>(List.of(contender));
            row.addAll(failure == null ? cells.apply(contender) : List.of("cannot: " + failure));
            rows.add(row);
        }
        return rows;
    }

    private static String key(String suite, String caseName, String contender) {
        return suite + " | " + caseName + " | " + contender;
    }

    /** Every sample. */
    public List<Sample> all() {
        return List.copyOf(all);
    }

    /** What could not be measured: {@code suite | case | contender} and why. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** The cases of a suite. */
    public List<String> cases(String suite) {
        return all.stream()
                .filter(sample -> sample.suite().equals(suite))
                .map(Sample::caseName)
                .distinct()
                .toList();
    }

    /** The contenders of a case, those that failed among them. */
    public List<String> contenders(String suite, String caseName) {
        List<String> names = new ArrayList<>();
        for (Sample sample : all) {
            if (sample.suite().equals(suite)
                    && sample.caseName().equals(caseName)
                    && !names.contains(sample.contender())) {
                names.add(sample.contender());
            }
        }
        String prefix = key(suite, caseName, "");
        failures.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        return names;
    }

    /** A value over all rounds. */
    public Spread spread(String suite, String caseName, String contender, String value) {
        return Spread.of(byRound(suite, caseName, contender, value).values());
    }

    /** A value of one contender set against that of another, round by round; rounds that lack one are left out. */
    public Spread paired(
            String suite,
            String caseName,
            String contender,
            String baseline,
            String value,
            BiFunction<Double, Double, Double> relation) {
        Map<Integer, Double> ours = byRound(suite, caseName, contender, value);
        Map<Integer, Double> theirs = byRound(suite, caseName, baseline, value);
        return Spread.of(ours.entrySet().stream()
                .filter(entry -> theirs.containsKey(entry.getKey()))
                .map(entry -> relation.apply(entry.getValue(), theirs.get(entry.getKey())))
                .toList());
    }

    /** A value by round. */
    public Map<Integer, Double> byRound(String suite, String caseName, String contender, String value) {
        Map<Integer, Double> values = new LinkedHashMap<>();
        for (Sample sample : all) {
            if (sample.suite().equals(suite)
                    && sample.caseName().equals(caseName)
                    && sample.contender().equals(contender)
                    && Objects.nonNull(sample.values().get(value))) {
                values.put(sample.round(), sample.values().get(value));
            }
        }
        return values;
    }
}
