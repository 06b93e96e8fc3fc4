// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.cgroup.CgroupHierarchy;
import io.memlock.memory.Bytes;
import io.memlock.proc.MemInfo;

/**
 * Holds how much more memory this process could use before the kernel would have to reclaim more than page cache, to
 * delay it, or to kill.
 *
 * @param bytes the lesser of what the host has available and what the memory cgroup still allows
 * @param source which of the two it is, for a message
 */
public record Headroom(long bytes, String source) {

    /** Returns the headroom of a process. What is not known refuses nothing. */
    public static Headroom of(MemInfo memory, CgroupHierarchy cgroup) {
        long available = memory.availableBytes();
        long allowed = cgroup.headroomBytes();
        if (allowed >= 0 && (available < 0 || allowed < available)) {
            return new Headroom(allowed, "the memory cgroup");
        }
        return new Headroom(available < 0 ? Long.MAX_VALUE : available, "the host");
    }

    /** Returns whether either of them tells. */
    public boolean isKnown() {
        return bytes < Long.MAX_VALUE;
    }

    /** Returns whether so much more can be had. */
    public boolean holds(long neededBytes) {
        return neededBytes <= bytes;
    }

    /** Describes a need, for example {@code needs 48.0 MiB more memory, the host has 40.0 MiB left}. */
    public String describe(long neededBytes) {
        return "needs " + Bytes.text(neededBytes) + " more memory, "
                + (isKnown() ? source + " has " + Bytes.text(bytes) + " left" : "the memory that is left is not known");
    }

    /**
     * Returns why so much more cannot be had.
     *
     * @return null if it can
     */
    String refusal(long neededBytes) {
        return holds(neededBytes)
                ? null
                : describe(neededBytes) + ": " + Bytes.text(neededBytes - bytes) + " too little";
    }
}
