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
 * @param findings in the order of their weight
 */
public record Examination(String subject, List<Finding> findings) {

    private static final int INDENT = 25;

    /** Whether the promise can be kept. */
    public boolean canLock() {
        return findings.stream().noneMatch(finding -> finding.verdict() == Verdict.FAIL);
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
                finding.remedy().lines().forEach(line -> lines.add(" ".repeat(INDENT) + line));
            }
        }
        lines.add(canLock() ? "locking works" : "locking does not work, see FAIL");
        return lines;
    }

    /** The same as data, for JSON. */
    public Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", subject);
        data.put("canLock", canLock());
        List<Map<String, Object>> list = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("check", finding.check());
            one.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
            one.put("evidence", finding.evidence());
            one.put("remedy", finding.remedy());
            list.add(one);
        }
        data.put("findings", list);
        return data;
    }
}
