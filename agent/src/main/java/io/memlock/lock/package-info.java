// SPDX-License-Identifier: Apache-2.0

/**
 * What we lock and how it stays locked. Data moves one way: selection, observation, difference, calls, report. Everything
 * goes through {@link io.memlock.os.LibC} and {@link io.memlock.proc.ProcFs}, so that all of it is tested with a fake
 * kernel.
 */
package io.memlock.lock;
