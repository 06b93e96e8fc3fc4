// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.Numbers;
import io.memlock.output.Console;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Finds the JVMs that a command is to treat: by PID, by name, or all. */
final class ChosenJvms {

    /** No larger than a long; the kernel's largest PID has 7 digits. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    @Option(names = "--name", paramLabel = "NAME", description = "The JVMs with this main class or jar.")
    private String name;

    @Option(
            names = "--all",
            description = "All JVMs that you may look at; with unlock, those of them that run the agent.")
    private boolean all;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * A chosen process.
     *
     * @param pid -1 if it is not known which
     * @param jvm null if it cannot be looked at
     * @param problem why not
     */
    record Chosen(long pid, Jvm jvm, String problem) {}

    /**
     * The chosen processes.
     *
     * @param closed the number of processes that look like JVMs and are another user's
     * @param guarded the number of those that are this user's, and the kernel shows to root alone
     */
    record Found(Collection<Chosen> processes, int closed, int guarded) {

        List<Jvm> jvms() {
            return processes.stream()
                    .map(Chosen::jvm)
                    .filter(jvm -> jvm != null)
                    .toList();
        }

        List<String> problems() {
            return processes.stream()
                    .map(Chosen::problem)
                    .filter(problem -> problem != null)
                    .toList();
        }
    }

    /** Runs the command for one JVM, and returns the exit status. */
    interface Action {
        int on(Jvm jvm) throws CommandException, InterruptedException;
    }

    /** Returns whether the command is given JVMs by something else than their PIDs. */
    boolean isGiven() {
        return all || name != null;
    }

    /** Returns the PIDs among the words of a command line that may hold options of the agent, too. */
    static List<Long> pids(List<String> words) {
        return words.stream()
                .filter(word -> NUMBER.matcher(word).matches())
                .map(Long::valueOf)
                .toList();
    }

    /** Returns the options of the agent among the words of a command line. */
    static String options(List<String> words) {
        return words.stream().filter(word -> !NUMBER.matcher(word).matches()).collect(Collectors.joining(","));
    }

    void requireSome(List<Long> pids) {
        if (pids.isEmpty() && !isGiven()) {
            throw new ParameterException(
                    command.commandLine(), "which JVM? Give its PID, --name=NAME or --all; \"status\" lists them");
        }
    }

    /**
     * Finds the processes that the command line names. A process that cannot be looked at costs no other.
     *
     * @param pids those named by number, which come first
     * @param ofAll which JVMs are meant where all are
     */
    Found find(Jvms jvms, List<Long> pids, Predicate<Jvm> ofAll) throws CommandException, InterruptedException {
        if (all && name != null) {
            throw new ParameterException(
                    command.commandLine(), "--all and --name exclude each other: give one of them");
        }
        Map<Long, Chosen> chosen = new LinkedHashMap<>();
        for (long pid : pids) {
            chosen.put(pid, find(jvms, pid));
        }
        boolean isAll = all || (name == null && pids.isEmpty());
        if (!isAll && name == null) {
            return new Found(chosen.values(), 0, 0);
        }
        Jvms.Found found = jvms.all();
        for (Jvm jvm : found.jvms()) {
            if (isAll ? ofAll.test(jvm) : jvm.command().isNamed(name)) {
                chosen.putIfAbsent(jvm.pid(), new Chosen(jvm.pid(), jvm, null));
            }
        }
        List<Chosen> processes = new ArrayList<>(chosen.values());
        for (Jvms.Silent silent : found.silent()) {
            if (isAll || silent.isJava()) {
                processes.add(new Chosen(Numbers.UNKNOWN, null, silent.problem()));
            } else {
                command.commandLine().getErr().println(silent.problem());
            }
        }
        return new Found(processes, found.closed(), found.guarded());
    }

    /**
     * Finds the chosen JVMs.
     *
     * @param what which JVMs are meant where all are, for the message
     * @param ofAll which of all JVMs {@code --all} stands for
     * @throws CommandException if there is none
     */
    Found findSome(Jvms jvms, List<Long> pids, String what, Predicate<Jvm> ofAll)
            throws CommandException, InterruptedException {
        Found found = find(jvms, pids, ofAll);
        if (found.processes().isEmpty()) {
            throw new CommandException(none(what));
        }
        return found;
    }

    private static Chosen find(Jvms jvms, long pid) throws InterruptedException {
        try {
            return new Chosen(pid, jvms.find(pid), null);
        } catch (CommandException e) { // no reason to say nothing of the others
            return new Chosen(pid, null, e.getMessage());
        }
    }

    /**
     * Returns the message that no JVM was found.
     *
     * @param what which JVMs are meant where all are
     */
    String none(String what) {
        return "no " + (name == null ? what : "JVM named " + name) + " that you may look at";
    }

    /**
     * Runs the command for each JVM, one after the other.
     *
     * @return the exit status: that of the worst
     */
    static int each(Found found, Console console, Action action) throws InterruptedException {
        int worst = ExitStatus.DONE;
        for (Chosen one : found.processes()) {
            if (one.jvm() == null) {
                console.err().println(one.problem());
                worst = ExitStatus.FAILED;
                continue;
            }
            try {
                worst = Math.max(worst, action.on(one.jvm()));
            } catch (CommandException e) {
                console.err().println(e.getMessage());
                worst = ExitStatus.FAILED;
            }
        }
        return worst;
    }
}
