// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import java.io.IOException;

/** Tells that something was not tried because the Java heap had no room for it, which passes. */
public final class FullHeapException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was not tried, and why
     */
    public FullHeapException(String message) {
        super(message);
    }
}
