// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.doctor.Doctor;
import io.memlock.doctor.Examination;
import io.memlock.doctor.Finding;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.TimeLimit;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.output.Console;
import io.memlock.output.Json;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doctor}: whether locking works here, or for a JVM, and what to type if not. */
@Command(
        name = "doctor",
        header = "Tell whether locking works here, or for a running JVM, and what to type if not.",
        description = {
            "",
            "Without a PID the doctor locks its own JVM as the agent would, for this user and in this place, and reports"
                    + " the outcome. With a PID it reads what that JVM may lock and how much it needs.",
            "",
            "What it says to type is meant for the place the process runs in: systemd unit, container, pod or login."
        },
        footer = {
            "",
            "Examples:",
            "  memlock doctor                      would the agent lock everything here?",
            "  memlock doctor mode=heap+code       or these two regions?",
            "  memlock doctor 4242 mode=heap       could it lock the heap of this JVM?",
            "",
            "Exit status: 0 the promise can be kept, 1 it cannot, 2 usage."
        })
final class DoctorCommand implements Callable<Integer> {

    /** No larger than a long; the kernel's largest PID has 7 digits. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    @Parameters(
            arity = "0..*",
            paramLabel = "PID|key=value",
            description = "A JVM, and options as for -javaagent, joined by commas or blanks (default: mode=all).")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--verbose", description = "Show also the checks that found nothing to report.")
    private boolean verbose;

    @Option(names = "--json", description = "Write JSON (docs/command-line.md).")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Console console;
    private final Jvms jvms;

    DoctorCommand(Console console, Jvms jvms) {
        this.console = console;
        this.jvms = jvms;
    }

    @Override
    public Integer call() throws CommandException, OptionException, InterruptedException {
        Long pid = null;
        List<String> texts = new ArrayList<>();
        for (String argument : arguments) {
            if (!NUMBER.matcher(argument).matches()) {
                texts.add(argument);
            } else if (pid == null) {
                pid = Long.valueOf(argument);
            } else {
                throw new ParameterException(
                        spec.commandLine(), "two PIDs, " + pid + " and " + argument + ": give one");
            }
        }
        Examination examination = examine(pid, OptionParser.parse(String.join(",", texts)));
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", 1);
            document.put("pid", pid);
            document.putAll(examination.data());
            console.out().println(Json.text(document));
        } else {
            examination.lines(verbose, console.width()).forEach(line -> console.out()
                    .println(painted(line)));
        }
        return examination.canLock() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private Examination examine(Long pid, AgentOptions options) throws CommandException, InterruptedException {
        Doctor doctor = new Doctor(new ProcFs());
        if (pid == null) {
            try {
                return doctor.examineHere(options);
            } catch (IOException e) {
                throw new CommandException("cannot examine this place: " + e.getMessage());
            }
        }
        Jvm jvm = jvms.find(pid);
        try {
            return TimeLimit.within(TimeLimit.WALK_MILLIS, jvm.title(), () -> doctor.examine(jvm, options));
        } catch (IOException e) {
            throw new CommandException("cannot examine " + jvm.title() + ": " + e.getMessage());
        }
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
