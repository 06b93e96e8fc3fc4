// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

/** A command cannot do what it was asked for. The message says what is wrong with which process, and what to do. */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }
}
