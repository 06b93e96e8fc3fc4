// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.bootstrap.MemlockCommand;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.options.OptionException;
import io.memlock.os.LibC;
import io.memlock.output.Console;
import io.memlock.proc.ProcFs;
import java.io.File;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs the command of {@code java -jar memlock-agent.jar}. */
public final class Main {

    private Main() {}

    /**
     * Runs one command.
     *
     * @param args the command and its arguments
     * @return the exit status: 0 done, 1 no or failed, 2 usage; those of {@code check} are its own
     */
    public static int run(File jar, String[] args) {
        LibC libc = MemlockCommand.disturbsTarget(args) ? LowPriority.takeForThisProcess() : null;
        Console console = Console.ofThisProcess();
        ProcDirectory proc = new ProcDirectory(Path.of("/proc"));
        Jvms jvms = new Jvms(proc, ProcessHandle.current().pid());
        String cmdline = proc.newFiles().textOrNone(ProcFs.SELF, "cmdline");
        return run(commandLine(console, proc, jvms, jar, libc), console, typed(args, cmdline));
    }

    /** Returns arguments as they were typed: in the locale C a JVM reads U+FFFD for every byte that is not ASCII. */
    static String[] typed(String[] args, String cmdline) {
        String[] typed = args.clone();
        String[] words = cmdline.split("\0", -1);
        int skipped = words.length - 1 - args.length; // the last word is behind the last NUL
        for (int at = Math.max(0, -skipped); at < args.length; at++) {
            String word = words[skipped + at];
            if (new String(word.getBytes(StandardCharsets.UTF_8), StandardCharsets.US_ASCII).equals(args[at])) {
                typed[at] = word;
            }
        }
        return typed;
    }

    /** Returns the exit status: a command whose output is lost has failed. Nobody is told who has closed the pipe. */
    static int run(CommandLine line, Console console, String... args) {
        int status = line.execute(args);
        if (!console.out().checkError()) {
            return status;
        }
        String target = Console.stdoutTarget();
        if (!target.startsWith("pipe:") && !target.startsWith("socket:")) {
            boolean isClosed =
                    target.endsWith("/lib/modules"); // HotSpot's file of classes takes the number that is free
            console.err()
                    .println("the output could not be written"
                            + (isClosed ? ": standard output is closed" : " to " + target));
        }
        if (status != ExitStatus.DONE) {
            return status;
        }
        List<CommandLine> commands = line.getParseResult().asCommandLineList();
        return commands.get(commands.size() - 1).getCommandSpec().exitCodeOnExecutionException();
    }

    /**
     * Puts all commands together.
     *
     * @param libc for those that attach; null if nobody has opened it
     */
    static CommandLine commandLine(Console console, ProcDirectory proc, Jvms jvms, File jar, LibC libc) {
        CommandLine line = new CommandLine(new RootCommand())
                .addSubcommand(new StatusCommand(console, proc, jvms))
                .addSubcommand(new CheckCommand(console, proc, jvms))
                .addSubcommand(new RegionsCommand(console, proc, jvms))
                .addSubcommand(new ReportCommand(console, proc, jvms))
                .addSubcommand(new WatchCommand(console, proc, jvms))
                .addSubcommand(new AttachCommand(console, jvms, new AttachClient(console, proc, jvms, libc, jar)))
                .addSubcommand(new DoctorCommand(console, proc, jvms))
                .addSubcommand(new UnlockCommand(jvms, new AttachClient(console, proc, jvms, libc, jar)))
                .addSubcommand(new HelpCommand());
        for (CommandLine command : line.getSubcommands().values()) {
            if (command.getCommandSpec().findOption("--help") == null) {
                command.getCommandSpec().mixinStandardHelpOptions(true);
            }
            command.getCommandSpec().versionProvider(new RootCommand.Versions());
        }
        return line.registerConverter(Long.class, Main::natural)
                .registerConverter(long.class, Main::natural)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(console.colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((mistake, arguments) -> explain(mistake))
                .setExecutionExceptionHandler((failure, command, parsed) -> fail(console, command, failure));
    }

    /** Reads a number of the command line: PIDs and counts begin at 1. */
    private static long natural(String text) {
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // nor is this one
        }
        throw new TypeConversionException("'" + text + "' is not a number of 1 or more");
    }

    private static int explain(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(mistake.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(mistake, err) && command.getParent() == null) {
            command.usage(err, Ansi.OFF); // only of stdout it is known that it is a terminal
        } else {
            err.println("\"" + command.getCommandSpec().qualifiedName() + " --help\" shows how to use it");
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int fail(Console console, CommandLine command, Exception failure) {
        if (failure instanceof OptionException) {
            return explain(new ParameterException(command, failure.getMessage()));
        }
        boolean expected = failure instanceof CommandException;
        console.err().println(expected ? failure.getMessage() : "this is a bug in memlock-agent: " + failure);
        if (!expected) {
            failure.printStackTrace(console.err());
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }
}
