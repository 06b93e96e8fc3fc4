// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.LayerStatus;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.Numbers;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.Wrap;
import io.memlock.memory.PathGlob;
import io.memlock.memory.SmapsCost;
import io.memlock.output.Console;
import io.memlock.output.Console.Colour;
import io.memlock.output.Json;
import io.memlock.output.Table;
import io.memlock.picture.SegmentRow;
import io.memlock.picture.Snapshot;
import io.memlock.proc.ProcFs;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.report.SegmentUsage;
import io.memlock.report.SmapsScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code regions}: what a JVM's memory is for, and how much of each is locked. */
@Command(
        name = "regions",
        header = "Show what a JVM's memory is for, and how much of each region is locked.",
        description = {
            "",
            "Regions are those of the agent's options: heap, code, metaspace, stacks, gc, cds, native, libs, shm, mapped,"
                    + " other. RESERVED is address space, COMMITTED the accessible part of it; a page that is mapped"
                    + " twice counts half in each place. If the agent in the JVM publishes what it should"
                    + " lock, the last row shows that.",
            "",
            "The command walks the JVM's page tables once: " + SmapsCost.IN_WORDS
                    + ". It does not attach. Below the table it names what only the JVM itself could tell."
        },
        footer = {
            "",
            "Examples:",
            "  memlock regions 4242         the table",
            "  memlock regions 4242 --maps  every mapping, its region, and how that is known",
            "",
            "Exit status: 0 done, 1 no such JVM or another user's, 2 wrong usage."
        })
final class RegionsCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "PID", description = "A JVM.")
    private long pid;

    @Option(names = "--maps", description = "Show every mapping with its region.")
    private boolean maps;

    @Option(names = "--json", description = "Write JSON (docs/command-line.md).")
    private boolean json;

    private final Console console;
    private final ProcDirectory processes;
    private final Jvms jvms;

    RegionsCommand(Console console, ProcDirectory processes, Jvms jvms) {
        this.console = console;
        this.processes = processes;
        this.jvms = jvms;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        Jvm jvm = jvms.find(pid);
        return TimeLimit.walk(jvm, () -> show(jvm));
    }

    private int show(Jvm jvm) throws IOException {
        ProcFs proc = processes.files();
        String process = Long.toString(pid);
        JvmLayout layout = JvmLayout.of(proc, process);
        if (maps) {
            List<SegmentUsage> rows = SegmentUsage.read(proc, process, layout);
            show(json ? List.of(Json.text(document(jvm, layout, rows))) : SegmentRow.table(rows, console.width()));
        } else {
            PublishedLock published = PublishedLock.of(processes, pid);
            List<PathGlob> files = published.selectedFiles();
            RegionReport report = SmapsScan.of(proc, process, layout, files == null ? List.of() : files);
            RegionUsage selected = Snapshot.selected(published, report);
            show(
                    json
                            ? List.of(Json.text(document(jvm, layout, report, published, selected)))
                            : table(report, selected));
        }
        if (!json) {
            tellWhatIsMissing(layout.layers());
        }
        return ExitStatus.DONE;
    }

    private void show(List<String> lines) {
        lines.forEach(console.out()::println);
    }

    private List<String> table(RegionReport report, RegionUsage selected) {
        Table table = new Table()
                .words("REGION")
                .number("MAPPINGS")
                .number("RESERVED")
                .number("COMMITTED")
                .number("RESIDENT")
                .number("LOCKED")
                .number("SWAPPED")
                .number("COVERAGE");
        for (RegionUsage usage : report.regions()) {
            table.row(cells(usage.region().optionName(), usage));
        }
        table.row(cells("total", report.total()));
        if (selected != null) {
            table.row(cells("selected", selected));
        }
        return table.lines(console.width());
    }

    private static List<String> cells(String name, RegionUsage usage) {
        return List.of(
                name,
                Integer.toString(usage.mappings()),
                Numbers.bytes(usage.reservedBytes()),
                Numbers.bytes(usage.committedBytes()),
                Numbers.bytes(usage.residentBytes()),
                Numbers.bytes(usage.lockedBytes()),
                Numbers.bytes(usage.swappedBytes()),
                usage.residentBytes() == 0 ? "-" : Numbers.percent(usage.coverage()));
    }

    private void tellWhatIsMissing(List<LayerStatus> layers) {
        console.out().println();
        for (LayerStatus layer : layers) {
            for (String line : Wrap.words("known from " + layer, console.width())) {
                console.out().println(layer.problem().isEmpty() ? line : console.paint(Colour.QUIET, line));
            }
        }
    }

    private static Map<String, Object> document(
            Jvm jvm, JvmLayout layout, RegionReport report, PublishedLock published, RegionUsage selected) {
        Map<String, Object> document = head(jvm, layout);
        List<Map<String, Object>> regions = new ArrayList<>();
        for (RegionUsage usage : report.regions()) {
            regions.add(json(usage.region().optionName(), usage));
        }
        document.put("regions", regions);
        document.put("total", json("total", report.total()));
        if (!published.regions().isEmpty()) {
            document.put("selection", published.selection());
            document.put("selectedFiles", published.files().isEmpty() ? null : published.files());
            document.put("selected", selected == null ? null : json("selected", selected));
        }
        return document;
    }

    private static Map<String, Object> document(Jvm jvm, JvmLayout layout, List<SegmentUsage> rows) {
        Map<String, Object> document = head(jvm, layout);
        document.put("mappings", rows.stream().map(SegmentRow::json).toList());
        return document;
    }

    private static Map<String, Object> head(Jvm jvm, JvmLayout layout) {
        Map<String, Object> document = Json.document();
        document.put("pid", jvm.pid());
        document.put("name", jvm.command().wholeName());
        List<Map<String, Object>> knowledge = new ArrayList<>();
        for (LayerStatus layer : layout.layers()) {
            Map<String, Object> source = new LinkedHashMap<>();
            source.put("source", layer.layer());
            source.put("ranges", layer.ranges());
            source.put("problem", layer.problem().isEmpty() ? null : layer.problem());
            knowledge.add(source);
        }
        document.put("knownFrom", knowledge);
        return document;
    }

    private static Map<String, Object> json(String name, RegionUsage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("region", name);
        json.put("mappings", usage.mappings());
        json.put("reservedBytes", usage.reservedBytes());
        json.put("committedBytes", usage.committedBytes());
        json.put("residentBytes", usage.residentBytes());
        json.put("lockedBytes", usage.lockedBytes());
        json.put("swappedBytes", usage.swappedBytes());
        json.put("coverage", usage.residentBytes() == 0 ? null : Numbers.shareOrNull(usage.coverage()));
        return json;
    }
}
