// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.FaultMeter;
import io.memlock.jvms.HeapLimit;
import io.memlock.jvms.HostSummary;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.LockSummary;
import io.memlock.jvms.MemoryReader;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.Wrap;
import io.memlock.memory.SmapsCost;
import io.memlock.output.Console;
import io.memlock.output.Console.Colour;
import io.memlock.output.Json;
import io.memlock.output.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: which JVMs there are, and how much of each is locked. */
@Command(
        name = "status",
        header = "List the JVMs, and how much of each is locked.",
        description = {
            "",
            "RESIDENT is in RAM, LOCKED is in RAM and cannot be swapped out, SWAPPED is on disk already. MAJFLT/S is"
                    + " the number of page faults a second that waited for a disk; memory that is locked causes none. The"
                    + " VERDICT is about what the agent in the JVM should lock; without an agent, about everything.",
            "",
            "Below the table are the sums over these JVMs, and what the host has. Locked memory cannot be reclaimed:"
                    + " if locked heaps outgrow the RAM, the OOM killer comes.",
            "",
            "The command reads /proc and does not attach. To know how much is locked, it must walk a JVM's page"
                    + " tables: " + SmapsCost.IN_WORDS + ". It does so for JVMs of up to " + SmapsCost.CHEAP_IN_WORDS
                    + ", for a single JVM that you name, and with --exact for all. For a larger JVM with the agent,"
                    + " it shows what that agent has measured."
        },
        footer = {
            "",
            "Examples:",
            "  memlock status               all JVMs of this user; as root, all JVMs",
            "  memlock status 4242          one JVM in detail",
            "  memlock status 4242 4243     these two",
            "  memlock status --json | jq '.jvms[] | select(.lock != \"locked\")'",
            "",
            "Exit status: 0 done, 1 a JVM named by PID cannot be shown, or --name or --all finds none, 2 wrong"
                    + " usage."
        })
final class StatusCommand implements Callable<Integer> {

    /** The time between the two looks at the number of faults. */
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The time that may be spent on the heap limits of JVMs that were started without one. */
    private static final long LIMITS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Parameters(arity = "0..*", paramLabel = "PID", description = "JVMs (default: all).")
    private List<Long> pids = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Option(names = "--exact", description = "Measure what is locked in JVMs of any size.")
    private boolean exact;

    @Option(names = "--json", description = "Write JSON (docs/command-line.md).")
    private boolean json;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;
    private final MemoryReader memory;
    private final List<String> silent = new ArrayList<>();

    StatusCommand(Console console, ProcDirectory proc, Jvms jvms) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.memory = new MemoryReader(proc);
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        if (pids.size() == 1 && !chosen.isGiven()) {
            return one(pids.get(0));
        }
        ChosenJvms.Found found = chosen.find(jvms, pids, jvm -> true);
        List<JvmStatus> statuses = look(found.jvms());
        silent.addAll(0, found.problems());
        boolean isDone = pids.isEmpty()
                ? !(statuses.isEmpty() && chosen.isGiven())
                : statuses.size() == found.processes().size();
        if (json) {
            printJson(statuses, found.closed() + found.guarded() + silent.size());
        } else if (statuses.isEmpty()) {
            console.err().println(chosen.none("JVM"));
        } else {
            table(statuses).forEach(console.out()::println);
            console.out().println("");
            for (String line : host(statuses).lines()) {
                Wrap.words(line, console.width()).forEach(console.out()::println);
            }
        }
        silent.forEach(console.err()::println);
        tellOfMore(found.closed(), found.closed() == 1 ? "belongs to other users" : "belong to other users");
        tellOfMore(found.guarded(), (found.guarded() == 1 ? "is" : "are") + " this user's, but the kernel refuses");
        return isDone ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void tellOfMore(int count, String why) {
        if (json || count == 0) {
            return;
        }
        boolean isRoot = jvms.effectiveUid() == 0;
        console.err()
                .println(count + " more "
                        + (isRoot
                                ? "cannot be looked into: root has no CAP_SYS_PTRACE here"
                                : why + ": run as root to see " + (count == 1 ? "it" : "them")));
    }

    private HostSummary host(List<JvmStatus> statuses) {
        return HostSummary.of(
                statuses.stream().map(status -> status.memory().lockedBytes()).toList(),
                statuses.stream()
                        .filter(status -> status.memory().chargedBytes() > 0)
                        .map(JvmStatus::heapMaxBytes)
                        .toList(),
                proc.files().memInfo());
    }

    private void printJson(List<JvmStatus> statuses, int notReadable) {
        Map<String, Object> document = Json.document();
        document.put("jvms", statuses.stream().map(JvmStatus::json).toList());
        document.put("notReadable", notReadable);
        document.put("host", host(statuses).json());
        console.out().println(Json.text(document));
    }

    private int one(long pid) throws CommandException, InterruptedException {
        Jvm jvm = jvms.find(pid);
        exact = true;
        List<JvmStatus> looked = look(List.of(jvm));
        if (looked.isEmpty()) {
            throw new CommandException(silent.isEmpty() ? jvm.title() + " ended just now" : silent.get(0));
        }
        JvmStatus status = looked.get(0);
        if (json) {
            printJson(looked, 0);
        } else {
            String verdict = status.summary().text();
            boolean isOneLine = jvm.title().length() + 2 + verdict.length() <= console.width();
            console.out().println(jvm.title() + (isOneLine ? ": " : ":\n  ") + painted(status.summary(), verdict));
            TimeLimit.glance(jvm, () -> new JvmDetail(proc, jvms, console.width() - 2).lines(status))
                    .forEach(line -> console.out().println("  " + line));
        }
        return ExitStatus.DONE;
    }

    /** Looks at all JVMs at the same time, so that many take no longer than one. A JVM that ends meanwhile is left out. */
    private List<JvmStatus> look(List<Jvm> found) throws CommandException, InterruptedException {
        long start = System.nanoTime();
        List<FaultMeter> meters = new ArrayList<>();
        List<Jvm> alive = new ArrayList<>();
        for (Jvm jvm : found) {
            try {
                meters.add(TimeLimit.within(TimeLimit.GLANCE_MILLIS, jvm.title(), () -> new FaultMeter(proc, jvm)));
                alive.add(jvm);
            } catch (IOException ended) {
                // then there is nothing to tell
            }
        }
        List<Long> limits = new ArrayList<>();
        for (Jvm jvm : alive) {
            boolean inTime = System.nanoTime() - start < LIMITS_NANOS;
            limits.add(inTime ? heapLimit(jvm) : jvm.flags().heapMaxBytes());
        }
        TimeUnit.NANOSECONDS.sleep(SAMPLE_NANOS - (System.nanoTime() - start));
        List<JvmStatus> statuses = new ArrayList<>();
        for (int i = 0; i < alive.size(); i++) {
            Jvm jvm = alive.get(i);
            try {
                FaultMeter meter = meters.get(i);
                long heapMax = limits.get(i);
                statuses.add(TimeLimit.within(TimeLimit.millis(exact), jvm.title(), () -> status(jvm, heapMax, meter)));
            } catch (IOException e) {
                if (proc.exists(jvm.pid())) {
                    silent.add(e.getMessage());
                }
            }
        }
        return statuses;
    }

    private JvmStatus status(Jvm jvm, long heapMax, FaultMeter meter) throws IOException {
        double faults = meter.perSecond();
        PublishedLock published = PublishedLock.of(proc, jvm.pid());
        JvmMemory now = memory.look(jvm, published, exact);
        return new JvmStatus(jvm, heapMax, now, published, faults, meter.total());
    }

    private long heapLimit(Jvm jvm) throws CommandException, InterruptedException {
        try {
            return TimeLimit.within(TimeLimit.GLANCE_MILLIS, jvm.title(), () -> HeapLimit.of(proc.newFiles(), jvm));
        } catch (IOException unknown) {
            return Numbers.UNKNOWN;
        }
    }

    private List<String> table(List<JvmStatus> statuses) {
        Table table = new Table()
                .number("PID")
                .number("HEAP MAX")
                .number("RESIDENT")
                .number("LOCKED")
                .number("SWAPPED")
                .number("MAJFLT/S")
                .words("AGENT")
                .words("JVM")
                .words("VERDICT");
        for (JvmStatus status : statuses) {
            LockSummary summary = status.summary();
            table.row(
                    text -> painted(summary, text),
                    List.of(
                            Long.toString(status.jvm().pid()),
                            Numbers.bytes(status.heapMaxBytes()),
                            Numbers.bytes(status.memory().residentBytes()),
                            Numbers.bytes(status.memory().lockedBytes()),
                            Numbers.bytes(status.memory().swappedBytes()),
                            Numbers.rate(status.majorFaultsPerSecond()),
                            status.jvm().agent() ? "yes" : "no",
                            status.jvm().command().name(),
                            summary.text()));
        }
        return table.lines(console.width());
    }

    private String painted(LockSummary summary, String text) {
        Colour colour = summary.lock() == LockSummary.Lock.LOCKED ? Colour.GOOD : Colour.WARNING;
        return console.paint(summary.isSwapped() ? Colour.BAD : colour, text);
    }
}
