// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.TimeLimit;
import io.memlock.memory.SmapsCost;
import io.memlock.options.Durations;
import io.memlock.options.OptionException;
import io.memlock.output.Console;
import io.memlock.output.WholeFile;
import io.memlock.picture.Course;
import io.memlock.picture.Page;
import io.memlock.picture.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: writes a JVM's memory as a page of HTML. */
@Command(
        name = "report",
        header = "Write an HTML page that shows a JVM's memory as a picture.",
        description = {
            "",
            "The page is one file, which needs no network and runs no scripts. It shows the verdict of \"check\", the regions"
                    + " and the address space to scale, the advice of \"doctor\", and the largest mappings of each region.",
            "",
            "A page shows one JVM: --name and --all are refused where they mean several.",
            "",
            "The file appears whole or not at all. Only its owner can read it, because it shows addresses of the"
                    + " JVM, which should stay secret.",
            "",
            "The command walks the JVM's page tables once for the picture and, if something is locked, once for the advice."
                    + " Each walk takes " + SmapsCost.IN_WORDS
                    + ". With --for it also walks them while it watches, for a thousandth of the time, or"
                    + " a hundredth while the JVM grows or shrinks. It does not attach."
        },
        footer = {
            "",
            "Examples:",
            "  memlock report 4242                  writes memlock-4242.html",
            "  memlock report 4242 -o memlock.html --for=60s",
            "",
            "Exit status: 0 done, 1 no such JVM, another user's, or the file cannot be written, 2 wrong usage."
        })
final class ReportCommand implements Callable<Integer> {

    private static final long LEAST_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long MOST_MILLIS = TimeUnit.DAYS.toMillis(1);

    @Parameters(arity = "0..1", paramLabel = "PID", description = "A JVM.")
    private List<Long> pids = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file to write (default: memlock-PID.html in this directory).")
    private Path output;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description =
                    "First watch the JVM for this time, such as 60s, at least 1s: the page then shows lines over time.")
    private String length;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    private final Console console;
    private final ProcDirectory processes;
    private final Jvms jvms;

    ReportCommand(Console console, ProcDirectory processes, Jvms jvms) {
        this.console = console;
        this.processes = processes;
        this.jvms = jvms;
    }

    @Override
    public Integer call() throws CommandException, OptionException, InterruptedException {
        long millis = length == null ? 0 : Durations.millis("--for", length, LEAST_MILLIS, MOST_MILLIS);
        chosen.requireSome(pids);
        ChosenJvms.Found found = chosen.findSome(jvms, pids, "JVM", jvm -> true);
        if (found.jvms().size() > 1) {
            throw new CommandException(
                    "a report shows one JVM, and these are " + found.jvms().size() + ": give a PID");
        }
        return ChosenJvms.each(found, console, jvm -> report(jvm, millis));
    }

    private int report(Jvm jvm, long millis) throws CommandException, InterruptedException {
        Path path = output == null ? Path.of("memlock-" + jvm.pid() + ".html") : output;
        WholeFile file = new WholeFile(path, force);
        String obstacle = file.obstacle();
        if (obstacle != null) {
            throw new CommandException(obstacle);
        }
        String page = page(jvm, millis);
        try {
            console.out().println("wrote " + file.write(page));
        } catch (IOException e) {
            throw new CommandException("cannot write " + path + ": " + e);
        }
        return ExitStatus.DONE;
    }

    private String page(Jvm jvm, long millis) throws CommandException, InterruptedException {
        Course course = millis > 0 ? watched(jvm, millis) : null;
        return TimeLimit.walk(jvm, () -> Page.of(Snapshot.of(processes, jvm), course));
    }

    private Course watched(Jvm jvm, long millis) throws CommandException, InterruptedException {
        console.err().println("watching " + jvm.title() + " for " + length);
        return Course.watch(processes, jvm, millis);
    }
}
