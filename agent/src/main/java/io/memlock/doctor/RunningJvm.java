// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.JvmFlags;

/**
 * A JVM to examine, as whoever asks has found it.
 *
 * @param pid its process id here
 * @param flags it was started with
 * @param heapMaxBytes the limit of its heap, -1 if it cannot be told
 * @param hasAgent whether a memlock agent runs in it: what is locked on-fault is the agent's then
 */
public record RunningJvm(long pid, JvmFlags flags, long heapMaxBytes, boolean hasAgent) {}
