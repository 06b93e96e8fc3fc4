// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.DeploymentFiles;
import io.memlock.hotspot.JvmFlags;
import io.memlock.lock.FutureRule;
import io.memlock.log.PlainText;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import java.util.ArrayList;
import java.util.List;

/** Checks the flags of a JVM that matter to its lock. */
final class Flags {

    /** What is said where a flag that is not known may have the last word. */
    static final String UNKNOWN = "some of the JVM's flags cannot be read";

    private final ExaminedJvm examined;
    private final JvmFlags flags;

    Flags(ExaminedJvm examined) {
        this.examined = examined;
        this.flags = examined.flags();
    }

    /**
     * Reads the flags.
     *
     * @param isRoomScarce whether {@code auto} would have nothing born locked for want of room
     */
    List<Finding> findings(AgentOptions options, boolean isRoomScarce) {
        List<Finding> findings = new ArrayList<>();
        if (options.selection().contains(Region.HEAP)) {
            findings.add(heapSize(isBornLocked(options, isRoomScarce)));
            findings.add(prefault(options));
        }
        Finding classCache = classCache();
        if (classCache != null) {
            findings.add(classCache);
        }
        if (!flags.isComplete()) {
            findings.replaceAll(Flags::unlessGiven);
        }
        return findings;
    }

    /** Takes back what is said of a flag that was not given: it may have been. */
    private static Finding unlessGiven(Finding finding) {
        return finding.severity() == Finding.Severity.NOTE
                ? Finding.note(finding.check(), "not known: " + UNKNOWN)
                : finding;
    }

    /** Tells of a cache of classes that was given, but not of the JDK's own; null where there is none. */
    private Finding classCache() {
        for (String flag : List.of("-XX:AOTCache=", "-XX:SharedArchiveFile=")) {
            String given = flags.value(flag);
            if (given.isEmpty()
                    || flags.has("-Xshare:off")
                    || flags.has("-XX:AOTMode=off")
                    || given.startsWith(examined.deployment().javaHome() + "/")) {
                continue;
            }
            String cache = flag + PlainText.of(given);
            return hasMappedCache()
                    ? Finding.ok("class cache", cache + " is in use")
                    : Finding.note(
                            "class cache",
                            cache
                                    + ": the JVM does not use it. With an agent it uses only one that was made with"
                                    + " --add-modules java.instrument; -Xlog:cds,aot tells why it was refused");
        }
        return null;
    }

    /** By the region, as the file's name may be that of a link. */
    private boolean hasMappedCache() {
        String home = DeploymentFiles.mappedJavaHome(
                examined.segments().stream().map(Segment::mapping).toList());
        return examined.segments().stream()
                .anyMatch(segment -> segment.region() == Region.CDS
                        && segment.mapping().isFileBacked()
                        && !segment.mapping().path().startsWith(home + "/"));
    }

    private boolean isBornLocked(AgentOptions options, boolean isRoomScarce) {
        StrategyChoice asked = options.strategy();
        Selection selection = options.selection();
        return FutureRule.allows(asked, selection, examined.isUnlimited(), examined.isPrivileged())
                && (!isRoomScarce || !FutureRule.needsRoom(asked, selection));
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
