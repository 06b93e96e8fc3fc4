// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** Thrown when the C library cannot be called from this JVM. The message says what was tried and what would help. */
public final class NativeUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    NativeUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
