// SPDX-License-Identifier: Apache-2.0

/**
 * Locks memory of the application's own: a direct buffer, a memory segment, a range of addresses. {@link
 * io.memlock.api.MemoryLocks} is the way in.
 *
 * <p>memlock-agent does the work. A JVM without it, or one in which it cannot call the C library, runs the same code and
 * locks nothing.
 */
package io.memlock.api;
