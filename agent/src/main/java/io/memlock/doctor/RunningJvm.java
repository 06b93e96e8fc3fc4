// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import java.util.List;

/**
 * A JVM to examine, as whoever asks has found it.
 *
 * @param pid its process id here
 * @param options the JVM's own, from its command line and its environment, in the order in which they count
 * @param heapMaxBytes the limit of its heap, -1 if it cannot be told
 * @param hasAgent whether a memlock agent runs in it: what is locked on-fault is the agent's then
 */
public record RunningJvm(long pid, List<String> options, long heapMaxBytes, boolean hasAgent) {

    /** Copies the list. */
    public RunningJvm {
        options = List.copyOf(options);
    }
}
