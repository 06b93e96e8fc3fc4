// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.LockSummary;
import io.memlock.jvms.MemoryReader;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.jvms.TimeLimit;
import io.memlock.memory.SmapsCost;
import io.memlock.output.Console;
import io.memlock.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}: answers in the way monitoring plug-ins do whether JVMs are locked. */
@Command(
        name = "check",
        header = "Answer whether JVMs are locked, in the way monitoring plug-ins do.",
        description = {
            "",
            "OK: everything that should be locked is, and nothing of the JVM is swapped out. WARNING: some of it is not"
                    + " locked, or is swapped out. CRITICAL: nothing is locked. UNKNOWN: nobody has verified it lately, or"
                    + " it cannot be told. What should be locked is what the agent in the JVM has selected; without an"
                    + " agent it is everything.",
            "",
            "The command reads /proc and does not attach. It walks page tables ("
                    + SmapsCost.IN_WORDS + ") of JVMs of up to " + SmapsCost.CHEAP_IN_WORDS
                    + " that lock something, and with --exact of all. Of a larger JVM the agent's last look answers;"
                    + " without an agent shared memory in swap (ZGC's heap) is not seen."
        },
        footer = {
            "",
            "Examples:",
            "  memlock check                all JVMs of this user that run the agent",
            "  memlock check 4242 4243      these",
            "  memlock check --name=app.jar each JVM that \"status\" shows by this name",
            "",
            "Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also if no JVM is found or the usage is wrong. Of"
                    + " several JVMs the worst counts."
        },
        exitCodeOnInvalidInput = CheckCommand.UNKNOWN,
        exitCodeOnExecutionException = CheckCommand.UNKNOWN)
final class CheckCommand implements Callable<Integer> {

    /** The exit status of {@link Level#UNKNOWN}. */
    static final int UNKNOWN = 3;

    @Parameters(arity = "0..*", paramLabel = "PID", description = "JVMs; otherwise all that run the agent.")
    private List<Long> pids = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "The JVMs of this main class or jar.")
    private String name;

    @Option(names = "--exact", description = "Measure what is locked in JVMs of any size.")
    private boolean exact;

    @Option(names = "--json", description = "Write JSON (docs/command-line.md).")
    private boolean json;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;
    private final MemoryReader memory;

    CheckCommand(Console console, ProcDirectory proc, Jvms jvms) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.memory = new MemoryReader(proc);
    }

    /** The answers, the better before the worse. */
    enum Level {
        OK(0),
        UNKNOWN(CheckCommand.UNKNOWN),
        WARNING(1),
        CRITICAL(2);

        private final int exitStatus;

        Level(int exitStatus) {
            this.exitStatus = exitStatus;
        }

        /** Judges a JVM. What is swapped out is not in RAM, whatever is locked. */
        static Level of(LockSummary summary) {
            return switch (summary.lock()) {
                case LOCKED -> summary.isSwapped() ? WARNING : OK;
                case PARTLY_LOCKED -> WARNING;
                case NOT_LOCKED -> CRITICAL;
                case NOT_MEASURED, NOT_VERIFIED -> UNKNOWN;
            };
        }
    }

    /**
     * The answer for one process.
     *
     * @param pid -1 if it is not known which
     * @param memory null, as is {@code published}, if it cannot be looked at
     */
    private record Answer(Level level, long pid, String text, JvmMemory memory, PublishedLock published) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("pid", Numbers.orNull(pid));
            json.put("level", level.name());
            json.put("text", text);
            if (memory != null) {
                json.put(
                        "state",
                        published.state() == null ? null : published.state().name());
                json.put("lockedBytes", Numbers.orNull(memory.lockedBytes()));
                json.put("swappedBytes", Numbers.orNull(memory.swappedBytes()));
                json.put("coverage", Numbers.orNull(published.coverage(memory)));
            }
            return json;
        }
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        List<Answer> answers = answers();
        if (answers.isEmpty()) {
            String what = name == null ? "no JVM with the agent" : "no JVM named " + name;
            answers = List.of(
                    new Answer(Level.UNKNOWN, Numbers.UNKNOWN, what + " that this user may look at", null, null));
        }
        Level worst = Level.OK;
        for (Answer answer : answers) {
            worst = answer.level.compareTo(worst) > 0 ? answer.level : worst;
        }
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", 1);
            document.put("level", worst.name());
            document.put("jvms", answers.stream().map(Answer::json).toList());
            console.out().println(Json.text(document));
            return worst.exitStatus;
        }
        if (answers.size() > 1) { // what is shown of many is often the first line alone
            console.out().println("MEMLOCK " + worst + ": " + counts(answers));
        }
        for (Answer answer : answers) {
            console.out().println("MEMLOCK " + answer.level + ": " + answer.text);
        }
        return worst.exitStatus;
    }

    private static String counts(List<Answer> answers) {
        List<String> counts = new ArrayList<>();
        for (Level level : Level.values()) {
            long count =
                    answers.stream().filter(answer -> answer.level == level).count();
            if (count > 0) {
                counts.add(count + " " + level);
            }
        }
        return answers.size() + " JVMs, " + String.join(", ", counts);
    }

    private List<Answer> answers() throws CommandException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (long pid : pids) {
            try {
                answers.add(answer(jvms.find(pid)));
            } catch (CommandException e) { // no reason to say nothing of the others
                answers.add(new Answer(Level.UNKNOWN, pid, e.getMessage(), null, null));
            }
        }
        if (pids.isEmpty() || name != null) {
            Jvms.Found found = jvms.all();
            for (Jvm jvm : found.jvms()) {
                if (name == null ? jvm.agent() : jvm.command().name().equals(name)) {
                    answers.add(answer(jvm));
                }
            }
            for (String silent : found.silent()) {
                answers.add(new Answer(Level.UNKNOWN, Numbers.UNKNOWN, silent, null, null));
            }
        }
        return answers;
    }

    private Answer answer(Jvm jvm) throws CommandException, InterruptedException {
        try {
            long millis = exact ? TimeLimit.WALK_MILLIS : TimeLimit.GLANCE_MILLIS;
            return TimeLimit.within(millis, jvm.title(), () -> look(jvm));
        } catch (IOException e) {
            return new Answer(Level.UNKNOWN, jvm.pid(), e.getMessage(), null, null);
        }
    }

    private Answer look(Jvm jvm) throws IOException {
        PublishedLock published = PublishedLock.of(proc, jvm.pid());
        JvmMemory now = memory.look(jvm, published, exact);
        LockSummary summary = LockSummary.on(now, published);
        return new Answer(Level.of(summary), jvm.pid(), jvm.title() + " " + summary.text(), now, published);
    }
}
