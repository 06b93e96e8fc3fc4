// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

/**
 * Tells whoever asked what came of the request.
 *
 * @param isDone whether everything that was asked for is done
 * @param text for whoever asked
 */
public record LockAnswer(boolean isDone, String text) {}
