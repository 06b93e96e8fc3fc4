// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.log.Bytes;
import io.memlock.options.AgentOptions;
import java.util.ArrayList;
import java.util.List;

/** Flags of a JVM that matter to its lock. */
final class Flags {

    private final MemoryNeed need;

    Flags(MemoryNeed need) {
        this.need = need;
    }

    List<Finding> findings(AgentOptions options) {
        List<Finding> findings = new ArrayList<>();
        boolean fixed = need.heapStartBytes() == need.heapMaxBytes();
        String start = need.heapStartBytes() < 0 ? "its default" : Bytes.text(need.heapStartBytes());
        findings.add(
                fixed
                        ? Finding.ok("heap size", "-Xms equals -Xmx: " + Bytes.text(need.heapMaxBytes()))
                        : Finding.note(
                                "heap size",
                                "the heap grows from " + start + " to " + Bytes.text(need.heapMaxBytes())
                                        + ": new parts are born locked without a limit, and locked a moment later under"
                                        + " one"));
        findings.add(
                need.has("-XX:+AlwaysPreTouch") || options.prefault().size() > 0
                        ? Finding.ok("prefault", "memory is touched at start")
                        : Finding.note(
                                "prefault",
                                "the heap is locked as it is first touched; -XX:+AlwaysPreTouch or prefault=heap makes"
                                        + " that happen at start"));
        boolean tracking = need.flags().stream()
                .anyMatch(flag -> flag.startsWith("-XX:NativeMemoryTracking=") && !flag.endsWith("=off"));
        if (tracking) {
            findings.add(Finding.note("native tracking", "on: it costs memory of its own, which is locked too"));
        }
        return findings;
    }
}
