// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.JvmFlags;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.options.AgentOptions;
import java.util.ArrayList;
import java.util.List;

/** Checks the flags of a JVM that matter to its lock. */
final class Flags {

    private final ExaminedJvm examined;
    private final JvmFlags flags;

    Flags(ExaminedJvm examined) {
        this.examined = examined;
        this.flags = examined.flags();
    }

    List<Finding> findings(AgentOptions options) {
        List<Finding> findings = new ArrayList<>();
        if (options.selection().contains(Region.HEAP)) {
            findings.add(heapSize(isBornLocked(options)));
            findings.add(prefault(options));
        }
        return findings;
    }

    private boolean isBornLocked(AgentOptions options) {
        return switch (options.strategy()) {
            case FUTURE -> examined.isUnlimited();
            case AUTO -> examined.isPrivileged() && options.selection().isAllButFiles();
            case RESCAN -> false;
        };
    }

    private Finding heapSize(boolean bornLocked) {
        long start = flags.bytes("-Xms", "-XX:InitialHeapSize=");
        long max = examined.heapMaxBytes();
        if (start >= 0 && start == max) {
            return Finding.ok("heap size", "-Xms equals -Xmx: " + Bytes.text(max));
        }
        String range = (start < 0 ? "" : " from " + Bytes.text(start)) + (max < 0 ? "" : " up to " + Bytes.text(max));
        String effect = bornLocked
                ? ": new memory is born locked"
                : ": new memory is locked a moment after it appears, under a limit while it fits"
                        + (examined.isHeapRemapped() ? "" : "; with -Xms equal to -Xmx none appears");
        return Finding.note("heap size", "the heap grows" + range + effect);
    }

    private Finding prefault(AgentOptions options) {
        boolean touched = flags.isOn("AlwaysPreTouch", false);
        if (touched || options.prefault().contains(Region.HEAP)) {
            return Finding.ok(
                    "prefault",
                    touched ? "-XX:+AlwaysPreTouch: the heap is touched when it is committed" : "prefault=heap");
        }
        return Finding.note(
                "prefault",
                "pages of the heap are locked when they are first touched; -XX:+AlwaysPreTouch or prefault=heap touches"
                        + " them beforehand");
    }
}
