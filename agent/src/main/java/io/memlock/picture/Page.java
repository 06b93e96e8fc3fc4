// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.doctor.Finding;
import io.memlock.hotspot.LayerStatus;
import io.memlock.jvms.Numbers;
import io.memlock.memory.Region;
import io.memlock.picture.Strip.Piece;
import io.memlock.report.RegionUsage;
import io.memlock.report.SegmentUsage;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Writes one JVM's memory as a page of HTML, which needs neither a network nor scripts. */
public final class Page {

    /** The most mappings of one region that the page names; the others are summed. */
    static final int NAMED = 40;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm:ss xxx", Locale.ROOT);

    private final Snapshot snapshot;
    private final Course course;
    private final Html html = new Html();

    private Page(Snapshot snapshot, Course course) {
        this.snapshot = snapshot;
        this.course = course;
    }

    /**
     * Returns the whole page.
     *
     * @param course how the memory went on before; null if nobody watched it
     */
    public static String of(Snapshot snapshot, Course course) {
        return new Page(snapshot, course).write();
    }

    private String write() {
        String title = "Memory of " + snapshot.jvm().title();
        html.raw("<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n")
                .raw("<meta http-equiv=Content-Security-Policy"
                        + " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
                .raw("<meta name=viewport content=\"width=device-width, initial-scale=1\">\n")
                .raw("<meta name=color-scheme content=\"light dark\">\n")
                .element("title", title)
                .raw("<style>" + Style.CSS + "</style></head>\n<body><header>")
                .element("h1", title)
                .raw("<p class=when>")
                .text("As it was on "
                        + ZonedDateTime.now(ZoneId.systemDefault()).format(TIME))
                .raw("</p></header>\n<main>");
        verdict();
        if (course != null) {
            course();
        }
        regions();
        addressSpace();
        advice();
        mappings();
        sources();
        return html.raw("</main></body></html>\n").toString();
    }

    private void verdict() {
        RegionUsage total = snapshot.report().total();
        String level = snapshot.answer().level().name();
        html.raw("<section><h2>Verdict</h2><p class=verdict><strong class=" + level + ">" + level + "</strong> ")
                .text(snapshot.answer().text())
                .raw("</p><dl>");
        fact("Resident", total.residentBytes());
        fact("Locked", total.lockedBytes());
        fact("Swapped out", total.swappedBytes());
        fact("Committed", total.committedBytes());
        fact("Reserved", total.reservedBytes());
        html.raw("</dl>");
        if (!snapshot.selection().isEmpty()) {
            html.raw("<p>")
                    .text("The agent in this JVM should lock " + snapshot.selection() + ".")
                    .raw("</p>");
        }
        html.raw("</section>\n");
    }

    private void fact(String name, long bytes) {
        html.raw("<div>")
                .element("dt", name)
                .element("dd", Numbers.bytes(bytes))
                .raw("</div>");
    }

    private void course() {
        html.raw("<section><h2>The " + course.millis() / 1_000 + " s before</h2><p class=legend>");
        List<Curve> bytes = List.of(
                curve("Resident", "resident", Course.Look::residentBytes),
                curve("Locked", "locked", Course.Look::lockedBytes),
                curve("Swapped out", "swapped", Course.Look::swappedBytes));
        List<Curve> faults = List.of(curve("Major faults each second", "faults", Course.Look::faultsPerSecond));
        for (Curve curve : bytes) {
            html.raw("<span><i class=" + curve.kind() + "></i>" + curve.name() + "</span> ");
        }
        html.raw("</p>");
        diagram("Bytes", bytes, most -> Numbers.bytes((long) most));
        diagram("Major faults each second", faults, Numbers::rate);
        html.table("Memory over time", "", "First", "Least", "Most", "Last");
        bytes.forEach(curve -> extremes(curve, number -> Numbers.bytes((long) number)));
        faults.forEach(curve -> extremes(curve, Numbers::rate));
        html.endTable().raw("</section>\n");
    }

    private Curve curve(String name, String kind, ToDoubleFunction<Course.Look> number) {
        return new Curve(
                name,
                kind,
                course.looks().stream()
                        .map(look -> Math.max(0, number.applyAsDouble(look)))
                        .toList());
    }

    /** Draws lines on one scale; the table below says in numbers what they do. */
    private void diagram(String name, List<Curve> curves, DoubleFunction<String> text) {
        double top = curves.stream().mapToDouble(Curve::most).max().orElse(0);
        html.raw("<figure><figcaption>" + name + ", up to " + text.apply(top)
                + "</figcaption><svg class=lines viewBox=\"0 -2 "
                + Curve.WIDTH + " " + (Curve.HEIGHT + 4) + "\" preserveAspectRatio=none role=img aria-label=\"" + name
                + " over time; the table below has the numbers\">");
        for (Curve curve : curves) {
            html.raw("<polyline class=" + curve.kind() + " points=\"" + curve.points(top) + "\"></polyline>");
        }
        html.raw("</svg></figure>\n");
    }

    private void extremes(Curve curve, DoubleFunction<String> text) {
        html.raw("<tr><th scope=row>" + curve.name() + "</th>")
                .number(text.apply(curve.first()))
                .number(text.apply(curve.least()))
                .number(text.apply(curve.most()))
                .number(text.apply(curve.last()))
                .raw("</tr>\n");
    }

    private void regions() {
        html.raw("<section><h2>Regions</h2><p class=legend>")
                .raw(
                        "<span><i class=locked></i>locked in RAM</span> <span><i class=resident></i>in RAM, not locked</span> ")
                .raw(
                        "<span><i class=swapped></i>swapped out</span> <span><i class=untouched></i>committed, not in use</span>")
                .raw("</p>");
        html.table(
                "Memory by region",
                "Region",
                "To scale",
                "Resident",
                "Locked",
                "Swapped",
                "Committed",
                "Reserved",
                "Mappings");
        long widest = widest();
        for (RegionUsage usage : snapshot.report().regions()) {
            if (usage.mappings() > 0) {
                row(usage.regionName(), usage, widest);
            }
        }
        html.raw("</tbody><tfoot>");
        row("total", snapshot.report().total(), 0);
        if (snapshot.selected() != null) {
            row("selected", snapshot.selected(), 0);
        }
        html.raw("</tfoot></table></div></section>\n");
    }

    private long widest() {
        return snapshot.report().regions().stream()
                .mapToLong(usage -> Math.max(usage.committedBytes(), usage.residentBytes() + usage.swappedBytes()))
                .max()
                .orElse(0);
    }

    private void row(String name, RegionUsage usage, long widest) {
        html.raw("<tr><th scope=row>").text(name).raw("</th><td>");
        if (widest > 0) {
            bar(usage, widest);
        }
        html.raw("</td>");
        for (long bytes : List.of(
                usage.residentBytes(),
                usage.lockedBytes(),
                usage.swappedBytes(),
                usage.committedBytes(),
                usage.reservedBytes())) {
            html.number(Numbers.bytes(bytes));
        }
        html.number(Integer.toString(usage.mappings())).raw("</tr>\n");
    }

    /** Draws what a region holds; the numbers beside it say the same to those who do not see it. */
    private void bar(RegionUsage usage, long widest) {
        long unlocked = Math.max(0, usage.residentBytes() - usage.lockedBytes());
        long used = usage.lockedBytes() + unlocked + usage.swappedBytes();
        long untouched = Math.max(0, usage.committedBytes() - used);
        html.raw("<svg class=bar viewBox=\"0 0 1000 10\" preserveAspectRatio=none aria-hidden=true>");
        double at = 0;
        at = rectangle("locked", at, usage.lockedBytes(), widest);
        at = rectangle("resident", at, unlocked, widest);
        at = rectangle("swapped", at, usage.swappedBytes(), widest);
        rectangle("untouched", at, untouched, widest);
        html.raw("</svg>");
    }

    private double rectangle(String kind, double at, long bytes, long widest) {
        double width = (double) Strip.COLUMNS * bytes / widest;
        if (bytes > 0) {
            html.raw("<rect class=" + kind + " x=" + rounded(at) + " width=" + rounded(width) + " height=10 />");
        }
        return at + width;
    }

    private static String rounded(double number) {
        return Double.toString(Math.round(number * 100) / 100.0);
    }

    private void addressSpace() {
        html.raw("<section><h2>Address space</h2><p>In the order of addresses, without the gaps between mappings.</p>")
                .raw("<p class=legend>");
        for (RegionUsage usage : snapshot.report().regions()) {
            if (usage.mappings() > 0) {
                html.raw("<span><i class=r-" + usage.regionName() + "></i>" + usage.regionName() + "</span> ");
            }
        }
        html.raw("</p>");
        strip("Reserved", SegmentUsage::reservedBytes);
        strip("Committed", SegmentUsage::committedBytes);
        strip("Resident", SegmentUsage::residentBytes);
        strip("Locked", SegmentUsage::lockedBytes);
        strip("Swapped out", SegmentUsage::swappedBytes);
        html.raw("</section>\n");
    }

    private void strip(String name, ToLongFunction<SegmentUsage> bytes) {
        Strip strip = new Strip();
        for (SegmentUsage row : snapshot.rows()) {
            strip.add(row.segment().region(), bytes.applyAsLong(row));
        }
        if (strip.totalBytes() == 0) {
            html.raw("<p>" + name + ": nothing.</p>");
            return;
        }
        html.raw("<figure><figcaption>" + name + ", " + Numbers.bytes(strip.totalBytes()) + "</figcaption>")
                .raw("<svg class=strip viewBox=\"0 0 1000 10\" preserveAspectRatio=none role=img aria-label=\"" + name
                        + " memory by region; the table above has the numbers\">");
        for (Piece piece : strip.pieces()) {
            html.raw("<rect class=r-" + piece.region().optionName() + " x=" + piece.column() + " width="
                    + piece.columns() + " height=10><title>" + piece.region().optionName() + "</title></rect>");
        }
        html.raw("</svg></figure>\n");
    }

    private void advice() {
        html.raw("<section><h2>Advice</h2>");
        if (snapshot.findings().isEmpty()) {
            html.raw("<p>There is nothing to do.</p>");
        } else {
            html.raw("<ul>");
            for (Finding finding : snapshot.findings()) {
                html.raw("<li><strong class=" + finding.severity() + ">" + finding.severity() + "</strong> ")
                        .element("b", finding.check())
                        .raw(" ");
                lines(finding.evidence());
                if (!finding.remedy().isEmpty()) {
                    html.raw("<p class=remedy>");
                    lines(finding.remedy());
                    html.raw("</p>");
                }
                html.raw("</li>");
            }
            html.raw("</ul>");
        }
        html.raw("</section>\n");
    }

    private void lines(String text) {
        text.lines().forEach(line -> html.line(line).raw("<br>"));
    }

    private void mappings() {
        html.raw(
                "<section><h2>Mappings</h2><p>Of each region, the " + NAMED
                        + " largest mappings; the row below them sums the others. <code>regions --maps</code> prints all.</p>\n");
        for (Region region : Region.values()) {
            List<SegmentUsage> rows = snapshot.rows().stream()
                    .filter(row -> row.segment().region() == region)
                    .sorted(Comparator.<SegmentUsage>comparingLong(row -> row.residentBytes() + row.swappedBytes())
                            .thenComparingLong(row -> row.segment().length())
                            .reversed())
                    .toList();
            if (!rows.isEmpty()) {
                html.raw("<details><summary><i class=r-" + region.optionName() + "></i>" + region.optionName() + ", "
                        + rows.size() + (rows.size() == 1 ? " mapping" : " mappings") + "</summary>");
                mappings(region, rows);
                html.raw("</details>\n");
            }
        }
        html.raw("</section>\n");
    }

    private void mappings(Region region, List<SegmentUsage> rows) {
        html.table(
                "Mappings of " + region.optionName(),
                "Start",
                "Perm",
                "Size",
                "Resident",
                "Locked",
                "Swapped",
                "Lock",
                "Known from",
                "Path");
        for (SegmentUsage row : rows.subList(0, Math.min(NAMED, rows.size()))) {
            html.raw("<tr><th scope=row>" + SegmentRow.address(row.segment().start()) + "</th><td>"
                    + SegmentRow.permissions(row) + "</td>");
            numbers(List.of(row));
            html.raw("<td>" + SegmentRow.lock(row) + "</td><td>" + SegmentRow.evidence(row) + "</td><td class=path>")
                    .text(row.entry().mapping().path())
                    .raw("</td></tr>\n");
        }
        if (rows.size() > NAMED) {
            List<SegmentUsage> others = rows.subList(NAMED, rows.size());
            html.raw("<tr class=others><th scope=row colspan=2>" + others.size() + " others</th>");
            numbers(others);
            html.raw("<td colspan=3></td></tr>\n");
        }
        html.endTable();
    }

    private void numbers(List<SegmentUsage> rows) {
        html.number(sum(rows, row -> row.segment().length()))
                .number(sum(rows, SegmentUsage::residentBytes))
                .number(sum(rows, SegmentUsage::lockedBytes))
                .number(sum(rows, SegmentUsage::swappedBytes));
    }

    private static String sum(List<SegmentUsage> rows, ToLongFunction<SegmentUsage> bytes) {
        return Numbers.bytes(rows.stream().mapToLong(bytes).sum());
    }

    private void sources() {
        html.raw("<section><h2>How this is known</h2><ul>");
        for (LayerStatus layer : snapshot.layers()) {
            html.element("li", layer.toString());
        }
        html.raw("</ul><p>Sizes come from <code>/proc/" + snapshot.jvm().pid()
                + "/smaps</code>. A page that two mappings or two processes share counts half in each."
                + " Reserved is address space; committed is the accessible part of"
                + " it.</p></section>\n");
    }
}
