// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.check.Answer;
import io.memlock.check.Level;
import io.memlock.check.Threshold;
import io.memlock.check.Thresholds;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code check}: answers in the way monitoring plug-ins do whether JVMs are locked. */
@Command(
        name = "check",
        header = "Tell whether JVMs are locked, as a monitoring plug-in.",
        description = {
            "",
            "OK: everything that should be locked is, and nothing of the JVM is swapped out. WARNING: some of it is not"
                    + " locked, or is swapped out. CRITICAL: nothing is locked. UNKNOWN: the lock was not verified"
                    + " lately, what should be locked is not known, or the JVM cannot be looked at. What should be"
                    + " locked is what the agent in the JVM has selected; where there is none or it has selected nothing,"
                    + " everything.",
            "",
            "WARN:CRIT are bounds: a value beyond the first is a WARNING, beyond the second CRITICAL. Either may be"
                    + " left out, as in 99.5 and :95.",
            "",
            "The command reads /proc and does not attach. It walks page tables ("
                    + SmapsCost.IN_WORDS + ") of JVMs of up to " + SmapsCost.CHEAP_IN_WORDS
                    + " that lock something or have shared memory; with --exact, of all. For a larger JVM it uses the"
                    + " agent's last measurement; without an agent it does not see shared memory in swap (ZGC's heap)."
        },
        footer = {
            "",
            "Examples:",
            "  memlock check                all JVMs with the agent that you may look at",
            "  memlock check 4242 4243      these two",
            "  memlock check --name=app.jar each JVM that \"status\" shows by this name",
            "  memlock check --coverage=99.5:95 --swapped=1m:1g --age=10s:2m",
            "",
            "Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also if no JVM is found, the usage is wrong, the"
                    + " command fails, or an OK cannot be written. Of several JVMs the worst counts."
        },
        exitCodeOnInvalidInput = CheckCommand.UNKNOWN,
        exitCodeOnExecutionException = CheckCommand.UNKNOWN)
final class CheckCommand implements Callable<Integer> {

    /** The exit status of {@link Level#UNKNOWN}, for an annotation. */
    static final int UNKNOWN = 3;

    @Parameters(arity = "0..*", paramLabel = "PID", description = "JVMs (default: all that run the agent).")
    private List<Long> pids = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Option(
            names = "--coverage",
            paramLabel = "WARN:CRIT",
            converter = Share.class,
            description = "Percentage locked of what should be locked, in a JVM that is partly locked: less is a"
                    + " WARNING, or CRITICAL (default: partly locked is a WARNING, or UNKNOWN where the agent's counters"
                    + " cannot be read).")
    private Threshold coverage;

    @Option(
            names = "--swapped",
            paramLabel = "WARN:CRIT",
            converter = ByteCount.class,
            description = "Bytes swapped out, as in 0:64m: more is a WARNING, or CRITICAL (default: 0).")
    private Threshold swapped;

    @Option(
            names = "--age",
            paramLabel = "WARN:CRIT",
            converter = Seconds.class,
            description = "Time since the lock was verified, as in 10s:1m: longer is a WARNING, or CRITICAL.")
    private Threshold age;

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

    @Override
    public Integer call() throws CommandException, InterruptedException {
        List<Answer> answers = answers();
        if (answers.isEmpty()) {
            String what = chosen.none(chosen.isGiven() ? "JVM" : "JVM with the agent");
            answers = List.of(Answer.unknown(Numbers.UNKNOWN, what));
        }
        Level worst = answers.stream().map(Answer::level).reduce(Level.OK, Level::or);
        if (json) {
            Map<String, Object> document = Json.document();
            document.put("level", worst.name());
            document.put("jvms", answers.stream().map(Answer::json).toList());
            console.out().println(Json.text(document));
            return worst.exitStatus();
        }
        if (answers.size() > 1) { // what is shown of many is often the first line alone
            console.out().println(Answer.line(worst, counts(answers)));
        }
        answers.forEach(answer -> console.out().println(answer.line()));
        return worst.exitStatus();
    }

    private static String counts(List<Answer> answers) {
        List<String> counts = new ArrayList<>();
        for (Level level : Level.values()) {
            long count =
                    answers.stream().filter(answer -> answer.level() == level).count();
            if (count > 0) {
                counts.add(count + " " + level);
            }
        }
        return answers.size() + " JVMs, " + String.join(", ", counts);
    }

    private List<Answer> answers() throws CommandException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (ChosenJvms.Chosen one :
                chosen.find(jvms, pids, jvm -> chosen.isGiven() || jvm.agent()).processes()) {
            Answer answer = one.jvm() == null ? Answer.unknown(one.pid(), one.problem()) : answer(one.jvm());
            if (answer != null) {
                answers.add(answer);
            }
        }
        return answers;
    }

    /** Returns null for a JVM that nobody asked for by its PID, and that has ended meanwhile. */
    private Answer answer(Jvm jvm) throws CommandException, InterruptedException {
        try {
            return TimeLimit.within(TimeLimit.millis(exact), jvm.title(), () -> look(jvm));
        } catch (IOException e) {
            boolean isMissed = pids.contains(jvm.pid()) || proc.exists(jvm.pid());
            return isMissed ? Answer.unknown(jvm.pid(), e.getMessage()) : null;
        }
    }

    private Answer look(Jvm jvm) throws IOException {
        PublishedLock published = PublishedLock.of(proc, jvm.pid());
        return Answer.on(jvm, memory.look(jvm, published, exact), published, new Thresholds(coverage, swapped, age));
    }

    /** Reads bounds; what is wrong with them is said in the way of all commands. */
    private interface Bounds extends ITypeConverter<Threshold> {

        Threshold read(String text);

        @Override
        default Threshold convert(String text) {
            try {
                return read(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static final class Share implements Bounds {
        @Override
        public Threshold read(String text) {
            return Threshold.share(text);
        }
    }

    private static final class ByteCount implements Bounds {
        @Override
        public Threshold read(String text) {
            return Threshold.bytes(text);
        }
    }

    private static final class Seconds implements Bounds {
        @Override
        public Threshold read(String text) {
            return Threshold.seconds(text);
        }
    }
}
