// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

/**
 * Thrown when a range could not be locked, and the call has locked nothing. The message says what was tried, what the kernel
 * answered, what that means and what to type.
 *
 * <p>Thrown by a handle when its lock could not be ended, or when it cannot be told how much of it is in RAM. The lock is held
 * then, and the message begins with that.
 */
public final class MemoryLockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MemoryLockException(String message) {
        super(message);
    }
}
