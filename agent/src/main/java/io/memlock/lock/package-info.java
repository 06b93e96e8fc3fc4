// SPDX-License-Identifier: Apache-2.0

/**
 * Decides what to lock, does it, and says why not. Data moves one way: selection, observation, difference, calls, verdict.
 * Everything goes through {@link io.memlock.os.LibC} and {@link io.memlock.proc.ProcFs}, so that all of it is tested with a
 * fake kernel.
 */
package io.memlock.lock;
