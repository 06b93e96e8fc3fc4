// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.cgroup.Cgroups;
import io.memlock.cgroup.ProcessRoom;
import io.memlock.cgroup.RoomWatch;
import io.memlock.hotspot.JvmFlags;
import io.memlock.hotspot.RegionBounds;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.proc.MemInfo;
import io.memlock.proc.ProcFs;
import io.memlock.report.OutgrowWarning;
import io.memlock.residency.Headroom;
import io.memlock.residency.PrefaultNeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares how large the selection may become with the memory of the cgroup and the host. Too many locked pages bring
 * the OOM killer.
 */
final class Sizes {

    private static final String OOM = "locked memory cannot be reclaimed, so the OOM killer would come";

    private static final String PREFAULT_ROOM = "prefault room";

    private static final List<Region> ON_DISK = List.of(Region.LIBS, Region.CDS, Region.MAPPED);

    private final MemInfo memory;
    private final CgroupHierarchy cgroup;
    private final ExaminedJvm examined;
    private final long residentBytes;
    private final long anonymousBytes;

    Sizes(ProcFs proc, ExaminedJvm examined) {
        this.examined = examined;
        this.memory = proc.memInfo();
        this.cgroup = new Cgroups(proc).memory(examined.process());
        long agentsView = agentsViewBytes(examined);
        this.residentBytes = Math.max(0, examined.status().vmRssBytes() - agentsView);
        this.anonymousBytes = Math.max(0, ProcessRoom.anonymousBytes(examined.status()) - agentsView);
    }

    /** Returns the bytes of the agent's view of ZGC's heap, which VmRSS counts once more. */
    private static long agentsViewBytes(ExaminedJvm examined) {
        return examined.segments().stream()
                .filter(Segment::isAgentsView)
                .mapToLong(Segment::length)
                .sum();
    }

    List<Finding> findings(MemoryNeed need) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                "need",
                "committed now " + Bytes.text(need.nowBytes()) + ", in RAM at most " + Bytes.text(need.atMostBytes())
                        + " (" + need.describe() + "); all of the JVM is " + Bytes.text(residentBytes) + " resident"));
        findings.add(host(need.atMostBytes(), selectedResidentBytes(need)));
        findings.add(cgroup(need.atMostBytes()));
        return findings;
    }

    /** Tells whether there is room for prefault. */
    static Finding prefaultRoom(boolean isEnough, String evidence) {
        return isEnough
                ? Finding.ok(PREFAULT_ROOM, evidence)
                : Finding.fail(PREFAULT_ROOM, evidence, "# give it more memory, or a smaller -Xms");
    }

    /** Returns whether little would be left for files once the heap has grown: {@code auto} takes {@code rescan} then. */
    boolean isRoomForFilesScarce() {
        long committed = new RegionBounds(examined.segments(), examined.flags()).committedBytes(Region.HEAP);
        long heapToCome = Segment.isAnyHugetlbHeap(examined.segments())
                ? 0
                : Math.max(0, examined.heapMaxBytes() - Math.min(anonymousBytes, committed));
        return cgroup.freeBytes(memory) - heapToCome < RoomWatch.SCARCE_BYTES;
    }

    /** Returns how much of the selection is in RAM at most. The kernel tells cheaply only how much is of files. */
    private long selectedResidentBytes(MemoryNeed need) {
        long ofFiles = 0;
        for (Region region : ON_DISK) {
            ofFiles += need.atMost().getOrDefault(region, 0L);
        }
        return Math.min(anonymousBytes, need.nowBytes())
                + Math.min(ofFiles, Math.max(0, examined.status().rssFileBytes()));
    }

    private Finding host(long atMostBytes, long selectedResidentBytes) {
        if (memory.totalBytes() < 0) {
            return Finding.note("host RAM", "not known: /proc/meminfo cannot be read here");
        }
        String evidence = "at most " + Bytes.text(atMostBytes) + ", the host has " + Bytes.text(memory.totalBytes())
                + ", of which " + Bytes.text(memory.availableBytes()) + " are available now";
        if (atMostBytes > memory.totalBytes()) {
            return Finding.warn("host RAM", evidence + ": " + OOM, "# use a host with more RAM, or a smaller -Xmx");
        }
        boolean othersHaveIt = memory.availableBytes() >= 0
                && atMostBytes - Math.min(atMostBytes, selectedResidentBytes) > memory.availableBytes();
        return othersHaveIt
                ? Finding.warn(
                        "host RAM",
                        evidence + ": other processes have the rest, and " + OOM,
                        "# run fewer or smaller processes beside it, or use a smaller -Xmx")
                : Finding.ok("host RAM", evidence);
    }

    private Finding cgroup(long atMostBytes) {
        String check = "memory cgroup";
        if (!cgroup.isKnown()) {
            return Finding.note(check, "not known: its files cannot be read here");
        }
        long limit = cgroup.limitBytes();
        long high = cgroup.highBytes();
        if (limit >= 0 && atMostBytes > limit) {
            return Finding.warn(
                    check,
                    "at most " + Bytes.text(atMostBytes) + ", the limit is " + Bytes.limit(limit) + ": " + OOM
                            + cause(limit),
                    "# raise the limit (a container's memory limit, MemoryMax= of a unit), or lower -Xmx");
        }
        if (high >= 0 && atMostBytes > high) {
            return Finding.warn(
                    check,
                    "at most " + Bytes.text(atMostBytes) + ", memory.high is " + Bytes.text(high) + ": "
                            + OutgrowWarning.ABOVE_HIGH,
                    "# raise memory.high (MemoryHigh= of a unit), or lower -Xmx");
        }
        return Finding.ok(
                check,
                (limit < 0 ? unlimited() : "at most " + Bytes.text(atMostBytes) + " of " + Bytes.limit(limit))
                        + (high < 0 ? "" : ", memory.high is " + Bytes.text(high)));
    }

    private String unlimited() {
        return cgroup.isPartlyHidden() ? "no limit that can be seen here" : "no limit";
    }

    /** Tells why the heap may outgrow the limit though nobody asked for it; "" if somebody did, or may have. */
    private String cause(long limit) {
        JvmFlags flags = examined.flags();
        if (!flags.isComplete()
                || examined.heapMaxBytes() <= limit
                || flags.heapMaxBytes() >= 0
                || !flags.value("-XX:MaxRAM").isEmpty()) {
            return "";
        }
        return ". The heap may become " + Bytes.text(examined.heapMaxBytes())
                + ", which the JVM did not derive from that limit"
                + (flags.isOn("UseContainerSupport", true)
                        ? ": it did not see the limit, because a parent cgroup has it, it was set later, or this JDK"
                                + " cannot read this kind of cgroup"
                        : ", because of -XX:-UseContainerSupport");
    }

    /**
     * Checks the room for prefault as the agent does: memory that is not there would be taken from the application, or end
     * it.
     */
    Finding prefault(Selection selection) throws IOException {
        long more = PrefaultNeed.moreBytes(
                PrefaultNeed.bytes(examined.segments(selection), selection.regions()),
                examined.resident().bytes(selection));
        Headroom headroom = Headroom.of(memory, cgroup);
        boolean isEnough = headroom.holds(more);
        String evidence = headroom.describe(more);
        if (isEnough && !cgroup.isKnown()) {
            return Finding.note(PREFAULT_ROOM, evidence + "; what the memory cgroup has left is not known");
        }
        return headroom.isKnown() ? prefaultRoom(isEnough, evidence) : Finding.note(PREFAULT_ROOM, evidence);
    }
}
