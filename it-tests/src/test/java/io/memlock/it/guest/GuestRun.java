// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a guest's console said. */
final class GuestRun {

    private static final Pattern RESULT = Pattern.compile("== (ok|FAIL|skip) ([^:]+): ?(.*)");
    private static final Pattern FACT = Pattern.compile("== fact (\\S+) (.*)");
    private static final String LAST = "== ended 0";

    /**
     * How a case went.
     *
     * @param name of the case
     * @param verdict {@code ok}, {@code FAIL} or {@code skip}
     * @param detail figures, or what was wrong; lines are joined by a blank
     */
    record Result(String name, String verdict, String detail) {

        boolean isFailure() {
            return verdict.equals("FAIL");
        }

        boolean isSkipped() {
            return verdict.equals("skip");
        }
    }

    private final GuestKernel kernel;
    private final GuestJdk jdk;
    private final String list;
    private final List<String> console = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    private final Map<String, String> facts = new TreeMap<>();

    GuestRun(GuestKernel kernel, GuestJdk jdk, String list) {
        this.kernel = kernel;
        this.jdk = jdk;
        this.list = list;
    }

    /** Takes in a line of the console. */
    void add(String line) {
        console.add(line);
        Matcher result = RESULT.matcher(line);
        Matcher fact = FACT.matcher(line);
        if (result.find()) {
            results.add(new Result(result.group(2), result.group(1), result.group(3)));
            Progress.say(kernel + ", " + jdk + ": " + line.substring(line.indexOf("== ") + 3));
        } else if (fact.find()) {
            facts.put(fact.group(1), fact.group(2));
        }
    }

    /** Takes in that the guest is gone: one that tried nothing, or did not come to the end of its list, has failed. */
    void end() {
        if (results.isEmpty() || console.stream().noneMatch(line -> line.endsWith(LAST))) {
            int from = Math.max(0, console.size() - 60);
            String lastLines = String.join("\n", console.subList(from, console.size()));
            results.add(new Result("comes to the end of the list", "FAIL", "the last the guest said:\n" + lastLines));
        }
    }

    GuestKernel kernel() {
        return kernel;
    }

    GuestJdk jdk() {
        return jdk;
    }

    /** Returns the name of the list that was run. */
    String list() {
        return list;
    }

    List<Result> results() {
        return results;
    }

    /** Returns what the guest told about itself, as {@code kernel} or {@code hello-ms}. */
    Optional<String> fact(String name) {
        return Optional.ofNullable(facts.get(name));
    }
}
