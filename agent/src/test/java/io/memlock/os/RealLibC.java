// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** The C library of this JVM, for all tests that call it: JNA's library can be loaded once. */
public final class RealLibC {

    private static final LibC LIBC = open();

    private RealLibC() {}

    public static LibC get() {
        return LIBC;
    }

    private static LibC open() {
        try {
            return NativeAccess.open(null);
        } catch (NativeUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}
