// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.doctor.Finding.Severity;
import io.memlock.log.Wrap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of an examination.
 *
 * @param subject what was examined
 * @param neededBytes what a limit would have to be at least, for what is selected now
 * @param atMostBytes RAM the selection can come to take, as far as something limits it
 * @param findings in the order of their weight
 */
public record Examination(String subject, long neededBytes, long atMostBytes, List<Finding> findings) {

    private static final int INDENT = 25;

    /** Remedies stand far to the left: commands are long, and must not be broken. */
    private static final int REMEDY_INDENT = 6;

    /** Returns whether all that is selected can be locked now. A warning tells what may undo that later. */
    public boolean canLock() {
        return !has(Severity.FAIL);
    }

    public Examination {
        findings = List.copyOf(findings);
    }

    /**
     * Returns lines for a person: the worst first, and each remedy below its finding.
     *
     * @param isVerbose whether to show also the checks that found nothing
     * @param width of the longest line, but for commands to type
     */
    public List<String> lines(boolean isVerbose, int width) {
        List<String> lines = new ArrayList<>(Wrap.words(subject, width));
        List<Finding> shown = worstFirst(isVerbose);
        shown.forEach(finding -> add(lines, finding, width));
        int fine = findings.size() - shown.size();
        if (fine > 0) {
            lines.add("OK    " + (fine == 1 ? "1 check" : fine + " checks") + "; --verbose shows details");
        }
        lines.add(conclusion());
        return lines;
    }

    /**
     * Returns the findings for a person.
     *
     * @param isVerbose whether to return also those of checks that found nothing
     */
    public List<Finding> worstFirst(boolean isVerbose) {
        return findings.stream()
                .filter(finding -> isVerbose || finding.severity() != Severity.OK)
                .sorted(Comparator.comparing(Finding::severity).reversed())
                .toList();
    }

    private static void add(List<String> lines, Finding finding, int width) {
        List<String> evidence = Wrap.words(finding.evidence(), width - INDENT);
        lines.add(String.format(Locale.ROOT, "%-5s %-18s %s", finding.severity(), finding.check(), evidence.get(0)));
        for (String line : evidence.subList(1, evidence.size())) {
            lines.add(" ".repeat(INDENT) + line);
        }
        if (!finding.remedy().isEmpty()) {
            lines.add(" ".repeat(REMEDY_INDENT) + "to fix:");
            for (String line : Wrap.comments(finding.remedy(), width - REMEDY_INDENT)) {
                lines.add(" ".repeat(REMEDY_INDENT) + line);
            }
        }
    }

    private String conclusion() {
        if (!canLock()) {
            return "not all that is selected can be locked and kept locked: see FAIL";
        }
        return has(Severity.WARN) ? "locking works, but something else may go wrong: see WARN" : "locking works";
    }

    private boolean has(Severity severity) {
        return findings.stream().anyMatch(finding -> finding.severity() == severity);
    }

    /** Returns the examination as data for JSON; docs/command-line.md describes it. */
    public Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", subject);
        data.put("canLock", canLock());
        data.put("neededBytes", neededBytes);
        data.put("atMostBytes", atMostBytes);
        List<Map<String, Object>> list = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("check", finding.id());
            one.put("verdict", finding.severity().name().toLowerCase(Locale.ROOT));
            one.put("evidence", finding.evidence());
            one.put("remedy", finding.remedy());
            list.add(one);
        }
        data.put("findings", list);
        return data;
    }
}
