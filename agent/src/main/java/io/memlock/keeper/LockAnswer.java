// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

/**
 * Holds the result of a request, for the one who asked.
 *
 * @param isDone whether everything that was asked for is done
 * @param text for whoever asked
 */
public record LockAnswer(boolean isDone, String text) {}
