// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** Thrown when the C library cannot be called from this JVM. The message says why and what would help. */
public final class NativeUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String remedy;

    /**
     * Creates it.
     *
     * @param reason what was tried and why it failed
     * @param remedy what would help, as a line that begins with {@code #}
     * @param cause null if there is none
     */
    NativeUnavailableException(String reason, String remedy, Throwable cause) {
        super(reason.concat("\n  ").concat(remedy), cause);
        this.reason = reason;
        this.remedy = remedy;
    }

    /** Returns what was tried and why it failed. */
    public String reason() {
        return reason;
    }

    /** Returns what would help, as a line that begins with {@code #}. */
    public String remedy() {
        return remedy;
    }
}
