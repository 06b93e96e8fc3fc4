// SPDX-License-Identifier: Apache-2.0
package com.sun.jna;

/**
 * A C function of this process. Unlike with {@link Function} its arguments go to JNA's native code as they are: what that
 * class does about strings, structures and callbacks we have no use for, and a live JVM would compile it beside its
 * application when memory is locked in thousands of calls.
 */
public final class ProcessFunction {

    private final long address;

    ProcessFunction(long address) {
        this.address = address;
    }

    /**
     * Calls a function that returns an {@code int}.
     *
     * @param arguments {@code Integer}, {@code Long}, and arrays of primitives that the function may fill
     */
    public int invokeInt(Object... arguments) {
        return Native.invokeInt(null, address, Function.C_CONVENTION, arguments);
    }

    /**
     * Calls a function that returns a {@code long}, {@code ssize_t} or pointer.
     *
     * @param arguments as for {@link #invokeInt}
     */
    public long invokeLong(Object... arguments) {
        return Native.invokeLong(null, address, Function.C_CONVENTION, arguments);
    }
}
