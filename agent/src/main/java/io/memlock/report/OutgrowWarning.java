// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.state.LockStatus;
import java.util.List;

/**
 * Warns in advance that locked memory can outgrow the cgroup or the host: locked pages cannot be reclaimed, so the OOM
 * killer would come. Only the heap and the files that were chosen by name count with the size that they may reach. Of
 * all else that is selected what is resident counts: hardly a JVM ever fills the code cache it has reserved, or touches
 * all pages of its libraries.
 *
 * @param heapBytes the largest heap, 0 if it is not selected or lies in huge pages of hugetlbfs
 * @param besideHeapBytes what is resident now of all else that is selected
 * @param chosenFileBytes what is mapped of files that were chosen by name
 * @param cgroupBytes the memory cgroup's limit, -1 if there is none
 * @param highBytes its memory.high, -1 if there is none
 * @param hostBytes the host's RAM, -1 if it is not known
 * @param canBeSwapped whether the kernel could swap out what is not locked
 * @param isNeverSwappedForALimit whether it does so for the host only, and not when the cgroup's limit is reached
 */
public record OutgrowWarning(
        long heapBytes,
        long besideHeapBytes,
        long chosenFileBytes,
        long cgroupBytes,
        long highBytes,
        long hostBytes,
        boolean canBeSwapped,
        boolean isNeverSwappedForALimit) {

    /** Tells what happens to a JVM whose locked memory outgrows memory.high. */
    public static final String ABOVE_HIGH =
            "above it the kernel slows the JVM down and tries in vain to reclaim locked memory";

    /** Tells that the limit of the memory cgroup is hidden, where swap could save a JVM that outgrows it. */
    public static final String UNSEEN =
            "the memory cgroup of this JVM cannot be seen: if the JVM outgrows its limit, the agent does not unlock in"
                    + " time, and the OOM killer ends this JVM though swap could save it; mount the cgroup file system where"
                    + " this JVM runs (/sys/fs/cgroup)";

    /**
     * Compares what a scan has found with what there is.
     *
     * @param status tells what is selected
     * @param largestHeapBytes what the heap may become, 0 if it lies in huge pages of hugetlbfs: these are set aside from all
     *     other memory, and no memory cgroup is charged for them by default
     */
    public static OutgrowWarning of(
            RegionReport report,
            LockStatus status,
            long largestHeapBytes,
            long cgroupBytes,
            long highBytes,
            long hostBytes,
            boolean canBeSwapped,
            boolean isNeverSwappedForALimit) {
        boolean isHeapSelected = status.regions().contains(Region.HEAP);
        long selected = report.selected(status).residentBytes();
        long heap = isHeapSelected ? report.total(List.of(Region.HEAP)).residentBytes() : 0;
        RegionUsage chosen = report.chosen(status);
        return new OutgrowWarning(
                isHeapSelected && largestHeapBytes > 0 ? Math.max(largestHeapBytes, heap) : 0,
                selected - heap - chosen.residentBytes(),
                chosen.committedBytes(),
                cgroupBytes,
                highBytes,
                hostBytes,
                canBeSwapped,
                isNeverSwappedForALimit);
    }

    /**
     * Returns the text of the warning.
     *
     * @return null if there is room
     */
    public String text() {
        boolean cgroup = cgroupBytes >= 0 && (hostBytes < 0 || cgroupBytes < hostBytes);
        long there = cgroup ? cgroupBytes : hostBytes;
        long most = heapBytes + besideHeapBytes + chosenFileBytes;
        if (there >= 0 && most > there) {
            return text(most, (cgroup ? "the memory cgroup allows " : "the host has ") + Bytes.text(there))
                    + ": locked memory cannot be reclaimed, so "
                    + consequence(cgroup)
                    + "; lower -Xmx or "
                    + (cgroup ? "raise the limit of the container" : "add memory");
        }
        if (highBytes >= 0 && most > highBytes) {
            return text(most, "memory.high is " + Bytes.text(highBytes)) + ": " + ABOVE_HIGH
                    + (canBeSwapped && !isNeverSwappedForALimit ? ", so the agent will unlock all of it before" : "")
                    + "; lower -Xmx or raise memory.high (MemoryHigh= of a unit)";
        }
        return null;
    }

    private String text(long most, String limit) {
        return "warning: locked memory can grow to " + Bytes.text(most) + " (the heap to " + Bytes.text(heapBytes)
                + (chosenFileBytes == 0 ? "" : ", the files of mapped=... to " + Bytes.text(chosenFileBytes))
                + "; " + Bytes.text(besideHeapBytes)
                + " of the other selected regions are resident now), but " + limit;
    }

    private String consequence(boolean cgroup) {
        if (!canBeSwapped) {
            return "the OOM killer would end this JVM";
        }
        return cgroup && isNeverSwappedForALimit
                ? "the OOM killer would end this JVM: the kernel swaps nothing out when the cgroup reaches its limit"
                : "the agent will unlock all of it before the OOM killer ends this JVM";
    }
}
