// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** The options cannot be understood. The message, one line, names the bad part and what would have been accepted. */
public final class OptionException extends Exception {

    private static final long serialVersionUID = 1L;

    OptionException(String message) {
        super(message);
    }

    /** Returns this error with the place of the options in front of its message. */
    OptionException at(String place) {
        return place.isEmpty() ? this : new OptionException(place + ": " + getMessage());
    }
}
