// SPDX-License-Identifier: Apache-2.0

/**
 * Decides what to lock and by which strategy, has it done by passes, and says why the promise is not kept.
 * Everything goes through {@link io.memlock.os.LibC} and {@link io.memlock.proc.ProcFs}, so that all of it is tested with a
 * fake kernel.
 */
package io.memlock.lock;
