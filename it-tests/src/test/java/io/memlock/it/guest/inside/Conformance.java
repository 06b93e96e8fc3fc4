// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs a list of cases and writes a line for each: {@code == ok NAME: FIGURES}, {@code == FAIL NAME: WHAT}, {@code == skip
 * NAME: WHY}; and before them facts about the guest, {@code == fact NAME VALUE}. The first argument is {@code short}, {@code full} or {@code
 * alternatives}, the second, if there is one, a regular
 * expression that is found in the names of the cases to run.
 */
public final class Conformance {

    private Conformance() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Jdk jdk = Jdk.current();
        fact("kernel", Files.readString(Path.of("/proc/version")).split(" ", -1)[2]);
        fact("jdk", jdk.version());
        Pattern wanted = Pattern.compile(args.length > 1 ? args[1] : "");
        for (Case each : cases(jdk, args[0])) {
            if (wanted.matcher(each.name()).find()) {
                say(verdict(each));
            }
        }
    }

    private static List<Case> cases(Jdk jdk, String list) throws IOException {
        return list.equals("alternatives") ? new AlternativeCases(jdk).list() : conformance(jdk, list.equals("short"));
    }

    private static List<Case> conformance(Jdk jdk, boolean shortList) {
        List<Case> cases = new ArrayList<>();
        cases.addAll(new StartCases(jdk).list());
        cases.addAll(new CollectorCases(jdk).list(shortList));
        cases.addAll(new SelectionCases(jdk).list(shortList));
        cases.addAll(new LimitCases(jdk).list(shortList));
        cases.addAll(new AttachCases(jdk).list());
        cases.addAll(new PlaceCases(jdk).list(shortList));
        if (!shortList) {
            cases.addAll(new HugePageCases(jdk).list());
            cases.addAll(new PressureCases(jdk).list());
            cases.addAll(new OutgrownCases(jdk).list());
            cases.addAll(new LargeFileCases(jdk).list());
            cases.addAll(new ContainerCases(jdk).list());
        }
        return cases;
    }

    private static String verdict(Case each) {
        long start = System.nanoTime();
        try {
            String figures = each.body().run();
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            return "ok " + each.name() + ": " + oneLine(figures) + " (" + seconds + " s)";
        } catch (Case.Inapplicable e) {
            return "skip " + each.name() + ": " + oneLine(e.getMessage());
        } catch (Exception | AssertionError e) {
            return "FAIL " + each.name() + ": " + oneLine(e.toString());
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\n\\s*", " | ");
    }

    /** Tells something about this guest. */
    static void fact(String name, String value) {
        say("fact " + name + " " + value);
    }

    private static void say(String line) {
        System.out.println("== " + line);
        System.out.flush();
    }
}
