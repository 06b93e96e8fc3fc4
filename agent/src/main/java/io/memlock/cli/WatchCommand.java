// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.jvms.CommandException;
import io.memlock.jvms.FaultMeter;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.MemoryReader;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.PacedMemory;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.Wrap;
import io.memlock.memory.SmapsCost;
import io.memlock.options.Durations;
import io.memlock.options.OptionException;
import io.memlock.output.Console;
import io.memlock.output.Json;
import java.io.IOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code watch}: a JVM's lock, live. */
@Command(
        name = "watch",
        header = "Show live how much of a JVM is locked.",
        description = {
            "",
            "On a terminal the numbers are redrawn in place; otherwise there is a line for each interval.",
            "",
            "Swapped and charged bytes and page faults are read each time. Locked bytes and COVERAGE need a walk of"
                    + " the JVM's page tables: "
                    + SmapsCost.IN_WORDS
                    + ". This command walks them every 10 s, or less often so that it stays under 0.1 %% of a CPU;"
                    + " where a walk is cheap, also when charged or resident bytes change. AGE tells how old"
                    + " the locked bytes are. COVERAGE is the locked share of what the agent in the JVM"
                    + " should lock, as that has last measured it; if no agent publishes that, of everything.",
            "",
            "RELOCKS counts the parts of mappings that the agent had to lock after its first pass. It is read"
                    + " from the JVM's performance counters (io.memlock.relocks): from their file, or from the JVM's memory"
                    + " where that file was removed and this command may trace the JVM. It is \"-\" without an agent"
                    + " and where the counters cannot be read (-XX:-UsePerfData, -XX:+PerfDisableSharedMem). This"
                    + " command does not attach."
        },
        footer = {"", "Exit status: 1 when the JVM has ended, 0 after --count looks, 2 wrong usage."})
final class WatchCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private static final long WALK_GAP_MILLIS = 10_000;
    private static final long LEAST_MILLIS = 100;
    private static final long MOST_MILLIS = TimeUnit.DAYS.toMillis(1);

    @Parameters(index = "0", paramLabel = "PID", description = "A JVM.")
    private long pid;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "1s",
            description = "Time between two looks, such as 500ms or 2s, from 100ms (default: 1s).")
    private String interval;

    @Option(names = "--count", paramLabel = "N", description = "End after this number of looks.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--json", description = "Write a line of JSON for each look (docs/command-line.md).")
    private boolean json;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;

    WatchCommand(Console console, ProcDirectory proc, Jvms jvms) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
    }

    @Override
    public Integer call() throws CommandException, OptionException, InterruptedException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(Durations.millis("--interval", interval, LEAST_MILLIS, MOST_MILLIS));
        Jvm jvm = jvms.find(pid);
        try {
            FaultMeter faults = TimeLimit.within(TimeLimit.GLANCE_MILLIS, jvm.title(), () -> new FaultMeter(proc, jvm));
            PacedMemory memory = new PacedMemory(new MemoryReader(proc), jvm, WALK_GAP_MILLIS);
            if (!json) {
                Wrap.words(jvm.title(), console.width()).forEach(this::print);
            }
            long next = System.nanoTime();
            for (long look = 0; look < count && !console.out().checkError(); look++) {
                next = Math.max(next + nanos, System.nanoTime()); // after Ctrl-Z no look is made up for
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                show(
                        look,
                        TimeLimit.within(
                                TimeLimit.WALK_MILLIS,
                                jvm.title(),
                                () -> new Look(
                                        memory.now(),
                                        memory.ageSeconds(),
                                        faults.perSecond(),
                                        PublishedLock.of(proc, pid))));
            }
            return ExitStatus.DONE;
        } catch (IOException ended) {
            throw new CommandException(proc.exists(pid) ? ended.getMessage() : jvm.title() + " has ended");
        }
    }

    /** The numbers of one moment; -1 where not known. */
    private record Look(JvmMemory memory, long ageSeconds, double faultsPerSecond, PublishedLock published) {}

    private void show(long number, Look look) {
        if (json) {
            console.out().println(Json.text(json(look)));
            return;
        }
        if (number == 0) {
            print(line(TITLES));
        } else if (console.terminal()) {
            console.out().print(console.up(1));
        }
        print(line(cells(look)));
    }

    private void print(String line) {
        console.out().println(console.terminal() ? console.oneRow(line) : line);
    }

    /** The titles, the most wanted first: a narrow terminal cuts the last ones off. */
    private static final List<String> TITLES =
            List.of("TIME", "RESIDENT", "LOCKED", "COVERAGE", "SWAPPED", "MAJFLT/S", "RELOCKS", "AGE", "CHARGED");

    private static List<String> cells(Look look) {
        return List.of(
                LocalTime.now(ZoneId.systemDefault()).format(TIME),
                Numbers.bytes(look.memory.residentBytes()),
                Numbers.bytes(look.memory.lockedBytes()),
                Numbers.percent(look.published.coverage(look.memory)),
                Numbers.bytes(look.memory.swappedBytes()),
                Numbers.rate(look.faultsPerSecond),
                look.published.relocks() < 0 ? "-" : Long.toString(look.published.relocks()),
                look.ageSeconds < 0 ? "-" : look.ageSeconds + " s",
                Numbers.bytes(look.memory.chargedBytes()));
    }

    /**
     * Fixed, because later numbers are not known yet: for {@code 999.9 MiB}, and 80 columns in all. A longer cell takes from
     * the blanks of the next.
     */
    private static final int[] WIDTHS = {8, 9, 9, 8, 9, 8, 7, 4, 9};

    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder(cells.get(0));
        int end = WIDTHS[0];
        for (int i = 1; i < WIDTHS.length; i++) {
            String cell = cells.get(i);
            end += 1 + WIDTHS[i];
            line.append(" ".repeat(Math.max(1, end - line.length() - cell.length())))
                    .append(cell);
        }
        return line.toString();
    }

    private Map<String, Object> json(Look look) {
        Map<String, Object> json = Json.document();
        json.put("pid", pid);
        json.put("timeMillis", System.currentTimeMillis());
        JvmStatus.putNumbers(json, look.memory, look.published, look.faultsPerSecond);
        json.put("lockedBytesAgeSeconds", Numbers.orNull(look.ageSeconds));
        json.put("relocks", Numbers.orNull(look.published.relocks()));
        return json;
    }
}
