// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

/**
 * The kernel refused to lock a range, and nothing of it was locked by the call. The message says what was tried, what the
 * kernel answered, what that means and what to type.
 */
public final class MemoryLockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MemoryLockException(String message) {
        super(message);
    }
}
