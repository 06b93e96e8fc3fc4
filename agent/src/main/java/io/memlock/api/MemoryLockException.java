// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

/**
 * Thrown when the kernel refused to lock a range. The call has locked nothing. The message says what was tried, what the
 * kernel answered, what that means and what to type.
 */
public final class MemoryLockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MemoryLockException(String message) {
        super(message);
    }
}
