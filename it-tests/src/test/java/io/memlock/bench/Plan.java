// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import io.memlock.bench.contender.Contender;
import io.memlock.it.harness.Jdk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What to measure and how often.
 *
 * @param quick a few minutes instead of hours
 * @param only names of suites; empty for all
 * @param cases parts of names of cases; empty for all
 * @param contenders parts of names of contenders, or whole names behind an equals sign; empty for all
 * @param rounds instead of each suite's own number; 0 for that
 * @param seconds of measuring in a pressure case or of an idle JVM, instead of the case's own; 0 for that
 * @param note on the circumstances, for the top of the report; may be empty
 * @param publish whether to copy the report to {@code docs}
 * @param target where the report goes
 * @param docs where dated copies go
 */
public record Plan(
        boolean quick,
        List<String> only,
        List<String> cases,
        List<String> contenders,
        int rounds,
        int seconds,
        String note,
        boolean publish,
        Path target,
        Path docs) {

    /**
     * Reads {@code quick|full --only=a,b --cases=a;b --contenders=a;b --rounds=5 --seconds=8 --note=TEXT --publish=true --to=DIR
     * --docs=DIR}.
     */
    public static Plan parse(String[] args) {
        return new Plan(
                Arrays.asList(args).contains("quick"),
                list(args, "--only", ","),
                list(args, "--cases", ";"),
                list(args, "--contenders", ";"),
                number(args, "--rounds"),
                number(args, "--seconds"),
                option(args, "--note"),
                option(args, "--publish").equals("true"),
                Path.of(option(args, "--to")),
                Path.of(option(args, "--docs")));
    }

    private static int number(String[] args, String name) {
        String text = option(args, name);
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    private static List<String> list(String[] args, String name, String separator) {
        return Arrays.stream(option(args, name).split(separator, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static String option(String[] args, String name) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(name + "="))
                .map(arg -> arg.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** Whether nothing is left out. */
    public boolean wantsEverything() {
        return only.isEmpty() && cases.isEmpty() && contenders.isEmpty();
    }

    /** Whether a measurement is wanted. */
    public boolean wants(String suite, String caseName, String contender) {
        return wants(suite) && wantsCase(caseName) && wantsContender(contender);
    }

    /** Whether a suite is wanted. */
    public boolean wants(String suite) {
        return only.isEmpty() || only.contains(suite);
    }

    /** Whether a case is wanted. */
    public boolean wantsCase(String caseName) {
        return cases.isEmpty() || cases.stream().anyMatch(caseName::contains);
    }

    /** Those of the contenders that are wanted. */
    public List<Contender> wanted(List<Contender> all) {
        return all.stream()
                .filter(contender -> wantsContender(contender.name()))
                .toList();
    }

    private boolean wantsContender(String name) {
        return contenders.isEmpty()
                || contenders.stream()
                        .anyMatch(part -> part.startsWith("=") ? name.equals(part.substring(1)) : name.contains(part));
    }

    /** Interleaved rounds. */
    public int rounds(int quickRounds, int fullRounds) {
        if (rounds > 0) {
            return rounds;
        }
        return quick ? quickRounds : fullRounds;
    }

    /** How long to measure. */
    public double seconds(double own) {
        return seconds > 0 ? seconds : own;
    }

    /** The JDKs to measure on: the first of {@link #jdks} where it has to be quick. */
    public List<Jdk> wantedJdks() {
        return quick ? jdks().subList(0, 1) : jdks();
    }

    /** The JDKs to measure on: the oldest and the newest here. */
    public static List<Jdk> jdks() {
        List<Jdk> all = Jdk.all();
        return all.size() == 1 ? all : List.of(all.get(0), all.get(all.size() - 1));
    }
}
