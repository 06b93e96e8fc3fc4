// SPDX-License-Identifier: Apache-2.0

/**
 * What {@code /proc} and the memory cgroup files say: text in, records out. Nothing here knows Java, HotSpot or locking.
 */
package io.memlock.proc;
