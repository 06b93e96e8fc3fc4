// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** The C library of this JVM, for tests that call it. */
public final class RealLibC {

    private RealLibC() {}

    public static LibC get() {
        try {
            return NativeAccess.open(null);
        } catch (NativeUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}
