// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.doctor.Doctor;
import io.memlock.doctor.Examination;
import io.memlock.doctor.Finding;
import io.memlock.files.ProcFormatException;
import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.TimeLimit;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionSources;
import io.memlock.output.Console;
import io.memlock.output.Json;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code doctor}: whether locking works here, or for a JVM, and what to type if not. */
@Command(
        name = "doctor",
        header = "Tell whether locking works here or for a running JVM, and what to type if not.",
        description = {
            "",
            "Without a PID the doctor locks its own JVM as the agent would, for this user and in this place, and reports"
                    + " the outcome. With a PID it reads what that JVM may lock and how much it needs.",
            "",
            "The remedies suit the place where the process runs: systemd unit, container, pod or login."
        },
        footer = {
            "",
            "Examples:",
            "  memlock doctor                      would the agent lock everything here?",
            "  memlock doctor mode=heap+code       or only these two regions?",
            "  memlock doctor 4242 mode=heap       could it lock the heap of this JVM?",
            "  memlock doctor --all                could it lock each JVM that you may look at?",
            "",
            "Exit status: 0 nothing is a FAIL: the selection can be locked now, and a WARN tells what may undo that; 1 it"
                    + " cannot, 2 wrong usage. Of several JVMs the worst counts."
        })
final class DoctorCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "PID|key=value",
            description = "JVMs, and options as for -javaagent, joined by commas or blanks (default: mode=all).")
    private List<String> words = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Option(names = "--verbose", description = "Also show the checks that are OK.")
    private boolean verbose;

    @Option(names = "--json", description = "Write JSON (docs/command-line.md).")
    private boolean json;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;

    DoctorCommand(Console console, ProcDirectory proc, Jvms jvms) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
    }

    @Override
    public Integer call() throws CommandException, OptionException, InterruptedException {
        List<Long> pids = ChosenJvms.pids(words);
        boolean isHere = pids.isEmpty() && !chosen.isGiven();
        AgentOptions options = OptionSources.read(
                        ChosenJvms.options(words), isHere ? System.getenv(OptionSources.VARIABLE) : null)
                .options();
        if (chosen.isGiven() || pids.size() > 1) {
            return ofMany(pids, options);
        }
        Long pid = pids.isEmpty() ? null : pids.get(0);
        Examination examination = pid == null ? here(options) : examine(jvms.find(pid), options);
        if (json) {
            Map<String, Object> document = Json.document();
            document.put("pid", pid);
            document.putAll(examination.data());
            console.out().println(Json.text(document));
        } else {
            print(examination);
        }
        return exitStatus(examination);
    }

    private int ofMany(List<Long> pids, AgentOptions options) throws CommandException, InterruptedException {
        ChosenJvms.Found found = chosen.findSome(jvms, pids, "JVM", jvm -> true);
        List<Map<String, Object>> examined = new ArrayList<>();
        int worst = ChosenJvms.each(found, console, jvm -> {
            Examination examination = examine(jvm, options);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("pid", jvm.pid());
            one.putAll(examination.data());
            if (!json) {
                console.out().print(examined.isEmpty() ? "" : "\n");
                print(examination);
            }
            examined.add(one);
            return exitStatus(examination);
        });
        if (json) {
            Map<String, Object> document = Json.document();
            document.put("canLock", worst == ExitStatus.DONE);
            document.put("jvms", examined);
            console.out().println(Json.text(document));
        }
        return worst;
    }

    private static int exitStatus(Examination examination) {
        return examination.canLock() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void print(Examination examination) {
        examination.lines(verbose, console.width()).forEach(line -> console.out()
                .println(painted(line)));
    }

    private Examination here(AgentOptions options) throws CommandException, InterruptedException {
        try {
            return new Doctor(new ProcFs()).examineHere(ownFlags(), options);
        } catch (IOException e) {
            throw new CommandException("cannot examine this environment: " + e.getMessage());
        }
    }

    /** Returns none where /proc does not tell: what else there is to say does not hang on them. */
    private JvmFlags ownFlags() throws InterruptedException {
        try {
            return jvms.find(ProcessHandle.current().pid()).flags();
        } catch (CommandException | ProcFormatException e) {
            return new JvmFlags(List.of(), false);
        }
    }

    private Examination examine(Jvm jvm, AgentOptions options) throws CommandException, InterruptedException {
        Doctor doctor = new Doctor(proc.newFiles());
        return TimeLimit.walk(jvm, () -> doctor.examine(jvm, options));
    }

    private String painted(String line) {
        for (Finding.Severity severity : Finding.Severity.values()) {
            if (line.startsWith(severity.name())) {
                Console.Colour colour =
                        switch (severity) {
                            case OK -> Console.Colour.GOOD;
                            case NOTE -> Console.Colour.QUIET;
                            case WARN -> Console.Colour.WARNING;
                            case FAIL -> Console.Colour.BAD;
                        };
                String word = severity.name();
                return console.paint(colour, word) + line.substring(word.length());
            }
        }
        return line;
    }
}
