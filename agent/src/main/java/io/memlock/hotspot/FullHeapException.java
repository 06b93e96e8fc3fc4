// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.io.IOException;

/** Tells that something was not tried because the Java heap had no room for it, which passes. */
final class FullHeapException extends IOException {

    private static final long serialVersionUID = 1L;

    FullHeapException(String message) {
        super(message);
    }
}
