// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmc;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.memlock.jmc.Events.InSwap;
import io.memlock.jmc.Events.Loss;
import io.memlock.jmc.Events.MajorFaults;
import io.memlock.jmc.Events.Pause;
import io.memlock.jmc.Events.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.jdk.JdkTypeIDs;
import org.openjdk.jmc.flightrecorder.rules.AbstractRule;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IResultValueProvider;
import org.openjdk.jmc.flightrecorder.rules.ResultBuilder;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/** Says whether the memory that memlock-agent was to lock was locked, and which pauses coincide with page faults. */
public final class MemoryLockRule extends AbstractRule {

    /** The page of Mission Control on which the result is shown. */
    private static final String TOPIC = "memory";

    /** A shorter pause is not told: that there were major faults in the same second says little about it. */
    private static final IQuantity SHORTEST_PAUSE = UnitLookup.MILLISECOND.quantity(10);

    /** From here on a pause with enough major faults is a warning. */
    private static final IQuantity LONG_PAUSE = UnitLookup.MILLISECOND.quantity(100);

    private record Finding(Severity severity, String text, String solution) {}

    /** What a read from a slow disk takes. Fewer faults than fill the pause with such reads were not its only reason. */
    private static final IQuantity SLOW_READ = UnitLookup.MILLISECOND.quantity(10);

    private static final String DOCTOR = "Run \"java -jar memlock-agent.jar doctor PID\": it says what to change.";

    private final String pauseEvent;

    /** Made by Mission Control, as a service. */
    public MemoryLockRule() {
        this(JdkTypeIDs.GC_PAUSE);
    }

    MemoryLockRule(String pauseEvent) {
        super("io.memlock.MemoryLock", "Memory Lock (memlock-agent)", TOPIC, List.of(), List.of(), Map.of());
        this.pauseEvent = pauseEvent;
    }

    @Override
    protected IResult getResult(
            IItemCollection items, IPreferenceValueProvider preferences, IResultValueProvider otherResults) {
        ResultBuilder result = ResultBuilder.createFor(this, preferences);
        Events events = new Events(items, pauseEvent);
        List<Status> statuses = events.statuses();
        if (statuses.isEmpty()) {
            return result.setSeverity(Severity.NA)
                    .setSummary("The recording has no events of memlock-agent.")
                    .setExplanation("The JVM ran without the agent, with jfr=off, or with memlock.Status disabled.")
                    .build();
        }
        List<Finding> findings = new ArrayList<>();
        judgeStates(statuses, findings);
        judgeSwap(statuses, findings);
        judgeLosses(events.losses(), findings);
        judgePauses(events, statuses, findings);
        if (findings.isEmpty()) {
            return result.setSeverity(Severity.OK)
                    .setSummary("All memory that was to be locked was locked at each look.")
                    .setExplanation(whatHeld(statuses, events.majorFaults()))
                    .build();
        }
        findings.sort(Comparator.comparingDouble(
                        (Finding finding) -> finding.severity().getLimit())
                .reversed());
        return result.setSeverity(first(findings).severity())
                .setSummary(first(findings).text())
                .setExplanation(findings.stream().map(Finding::text).collect(joining("\n")))
                .setSolution(findings.stream().map(Finding::solution).distinct().collect(joining("\n")))
                .build();
    }

    /** What was not recorded is not said to have been well. */
    private static String whatHeld(List<Status> statuses, List<MajorFaults> faults) {
        String states = between(first(statuses).time(), last(statuses).time()) + ", each of " + statuses.size()
                + " recorded states was LOCKED. No loss of coverage was recorded.";
        String swap = statuses.stream().anyMatch(status -> status.swappedBytes() >= 0)
                ? " Nothing that was to be locked was seen in swap."
                : " Whether any of it was in swap is not known.";
        String pauses = faults.isEmpty()
                ? " No page faults were recorded, so it is not known whether pauses were page faults."
                : " No recorded pause of 10 ms or more coincides with a major page fault. In all, the process had "
                        + faults.stream().mapToLong(MajorFaults::count).sum() + ".";
        return states + swap + pauses;
    }

    private static void judgeStates(List<Status> statuses, List<Finding> findings) {
        Map<String, List<Status>> byState =
                statuses.stream().collect(groupingBy(Status::state, TreeMap::new, toList()));
        byState.forEach((state, seen) -> {
            String when = seen.size() + " of " + statuses.size() + " times, "
                    + lower(between(first(seen).time(), last(seen).time()));
            switch (state) {
                case "LOCKED" -> {}
                case "UNLOCKED" ->
                    findings.add(
                            new Finding(
                                    Severity.INFO,
                                    "Nothing was to be locked (state UNLOCKED, " + when + ").",
                                    "If memory should be locked, set the agent's option mode, or undo an unlock with \"attach PID\"."));
                case "UNKNOWN" ->
                    findings.add(new Finding(
                            Severity.INFO,
                            "Nobody had verified the lock for several intervals (state UNKNOWN, " + when + ").",
                            "Look whether the JVM was frozen or had no CPU."));
                default ->
                    findings.add(new Finding(
                            Severity.WARNING,
                            "Memory that was to be locked was not (state " + state + ", " + when + ").",
                            DOCTOR));
            }
        });
    }

    private static void judgeSwap(List<Status> statuses, List<Finding> findings) {
        statuses.stream()
                .filter(status -> status.swappedBytes() > 0)
                .max(Comparator.comparingLong(Status::swappedBytes))
                .ifPresent(worst -> findings.add(new Finding(
                        Severity.WARNING,
                        "Memory that was to be locked was in swap: " + bytes(worst.swappedBytes()) + " at "
                                + shown(worst.time()) + ".",
                        "memlock.Region says of which region, and memlock.CoverageLost why.")));
    }

    /** A loss that goes on is recorded at each chunk's end, and one call of another party is a loss in each region. */
    private static void judgeLosses(List<Loss> losses, List<Finding> findings) {
        losses.stream()
                .collect(groupingBy(Loss::reason, TreeMap::new, toList()))
                .forEach((reason, alike) -> {
                    Map<String, Long> largest = new TreeMap<>();
                    alike.forEach(loss -> largest.merge(loss.region(), loss.bytes(), Math::max));
                    IQuantity from = alike.stream()
                            .map(Loss::from)
                            .min(Comparator.naturalOrder())
                            .orElseThrow();
                    boolean isGrowth = reason.startsWith("mapped since the last look")
                            && alike.stream().allMatch(Loss::isRelocked);
                    findings.add(new Finding(
                            isGrowth ? Severity.INFO : Severity.WARNING,
                            "Coverage of " + String.join(", ", largest.keySet()) + " was lost for some of the time "
                                    + lower(between(from, last(alike).to())) + ": mappings of at the most "
                                    + bytes(largest.values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum())
                                    + ", not all of it in RAM. Reason: " + reason + ". "
                                    + (last(alike).isRelocked()
                                            ? "It was locked again."
                                            : "It was not locked again, as far as recorded."),
                            lossSolution(reason, isGrowth)));
                });
    }

    private static String lossSolution(String reason, boolean isGrowth) {
        if (isGrowth) {
            return "New memory is locked late under strategy=rescan. The agent takes strategy=future, by which it is born"
                    + " locked, where that cannot end the JVM; do not force it. " + DOCTOR;
        }
        return reason.equals("unlocked by another party") ? "Find out who calls munlock or munlockall." : DOCTOR;
    }

    private static void judgePauses(Events events, List<Status> statuses, List<Finding> findings) {
        List<MajorFaults> faults = events.majorFaults().stream()
                .filter(interval -> interval.count() > 0)
                .toList();
        List<Pause> slow = events.pauses().stream()
                .filter(pause -> length(pause).compareTo(SHORTEST_PAUSE) >= 0 && faultsIn(pause, faults) > 0)
                .toList();
        if (slow.isEmpty()) {
            return;
        }
        Pause longest =
                slow.stream().max(Comparator.comparing(MemoryLockRule::length)).orElseThrow();
        boolean isLongByFaults = slow.stream()
                .anyMatch(pause -> length(pause).compareTo(LONG_PAUSE) >= 0
                        && SLOW_READ.multiply(faultsIn(pause, faults)).compareTo(length(pause)) >= 0);
        findings.add(new Finding(
                isLongByFaults ? Severity.WARNING : Severity.INFO,
                slow.size() + (slow.size() == 1 ? " pause coincides" : " pauses coincide")
                        + " with major page faults. The longest took " + shown(length(longest)) + " at "
                        + shown(longest.from()) + ", and in the seconds of it " + faultsIn(longest, faults)
                        + " pages were read from disk.",
                pauseSolution(events, statuses)));
    }

    /** Scans may be minutes apart. What none of them shows may have been in swap nevertheless, unless it was locked. */
    private static String pauseSolution(Events events, List<Status> statuses) {
        String inSwap = events.inSwap().stream()
                .filter(region -> region.bytes() > 0)
                .map(InSwap::region)
                .distinct()
                .sorted()
                .collect(joining(", "));
        if (!inSwap.isEmpty()) {
            return "Of these regions something was in swap: " + inSwap + ". Lock them (option mode).";
        }
        return statuses.stream().allMatch(status -> status.state().equals("LOCKED"))
                ? "What was to be locked was. So something else was read from disk, such as a file that the application maps."
                : "Memory that was not locked may have been in swap, although no scan shows it: scans may be minutes apart."
                        + " Lock it (option mode).";
    }

    private static long faultsIn(Pause pause, List<MajorFaults> faults) {
        return faults.stream()
                .filter(interval -> interval.from().compareTo(pause.to()) < 0
                        && interval.to().compareTo(pause.from()) > 0)
                .mapToLong(MajorFaults::count)
                .sum();
    }

    private static IQuantity length(Pause pause) {
        return pause.to().subtract(pause.from());
    }

    private static String between(IQuantity from, IQuantity to) {
        return from.compareTo(to) == 0 ? "At " + shown(from) : "Between " + shown(from) + " and " + shown(to);
    }

    private static String lower(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static String bytes(long bytes) {
        return shown(UnitLookup.BYTE.quantity(bytes));
    }

    private static String shown(IQuantity quantity) {
        return quantity.displayUsing(IDisplayable.AUTO);
    }

    private static <T> T first(List<T> list) {
        return list.get(0);
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }
}
