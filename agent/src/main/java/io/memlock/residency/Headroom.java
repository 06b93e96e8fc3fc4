// SPDX-License-Identifier: Apache-2.0
package io.memlock.residency;

import io.memlock.memory.Bytes;

/**
 * How much more memory this process could use before the kernel would have to reclaim or kill.
 *
 * @param bytes the lesser of what the host has available and what the memory cgroup still allows
 * @param source which of the two it is, for a message
 */
public record Headroom(long bytes, String source) {

    /** The tighter of two. */
    static Headroom tighter(Headroom a, Headroom b) {
        return a.bytes <= b.bytes ? a : b;
    }

    /**
     * Why so much more cannot be had.
     *
     * @return null if it can
     */
    String refusal(long neededBytes) {
        return neededBytes <= bytes
                ? null
                : "needs " + Bytes.text(neededBytes) + " more memory, " + source + " has " + Bytes.text(bytes) + ": "
                        + Bytes.text(neededBytes - bytes) + " too little";
    }
}
