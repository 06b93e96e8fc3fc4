// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an examination came to.
 *
 * @param subject what was examined
 * @param neededBytes what a limit would have to be at least, for what is selected now
 * @param atMostBytes RAM the selection can come to take, as far as something limits it
 * @param findings in the order of their weight
 */
public record Examination(String subject, long neededBytes, long atMostBytes, List<Finding> findings) {

    private static final int INDENT = 25;

    /** Whether the promise can be kept. */
    public boolean canLock() {
        return !has(Verdict.FAIL);
    }

    /** Copies the list. */
    public Examination {
        findings = List.copyOf(findings);
    }

    /** Lines for a person: remedies under what they are for. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(subject);
        for (Finding finding : findings) {
            String[] evidence = finding.evidence().split("\n", -1);
            lines.add(String.format(Locale.ROOT, "%-5s %-18s %s", finding.verdict(), finding.check(), evidence[0]));
            for (int i = 1; i < evidence.length; i++) {
                lines.add(" ".repeat(INDENT) + evidence[i]);
            }
            if (!finding.remedy().isEmpty()) {
                lines.add(" ".repeat(INDENT) + "to fix:");
                finding.remedy().lines().forEach(line -> lines.add(" ".repeat(INDENT) + line));
            }
        }
        lines.add(conclusion());
        return lines;
    }

    private String conclusion() {
        if (!canLock()) {
            return "the promise cannot be kept: see FAIL";
        }
        return has(Verdict.WARN) ? "locking works, but trouble is near: see WARN" : "locking works";
    }

    private boolean has(Verdict verdict) {
        return findings.stream().anyMatch(finding -> finding.verdict() == verdict);
    }

    /** The same as data, for JSON; docs/command-line.md describes it. */
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
            one.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
            one.put("evidence", finding.evidence());
            one.put("remedy", finding.remedy());
            list.add(one);
        }
        data.put("findings", list);
        return data;
    }
}
