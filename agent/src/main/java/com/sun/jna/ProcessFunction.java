// SPDX-License-Identifier: Apache-2.0
package com.sun.jna;

/**
 * A C function of this process. Unlike with {@link Function} its arguments go to JNA's native code as they are: what that
 * class does about strings, structures and callbacks we have no use for, and a live JVM would compile it beside its
 * application when memory is locked in thousands of calls. In JNA's package because the calls are visible only here;
 * bundled beside JNA and hidden with it.
 */
public final class ProcessFunction {

    /** As {@code RTLD_LAZY | RTLD_GLOBAL}; see {@code Native.open}. */
    private static final int DEFAULT_FLAGS = -1;

    private static final long PROCESS = Native.open(null, DEFAULT_FLAGS);

    private final long address;

    private ProcessFunction(long address) {
        this.address = address;
    }

    /**
     * Looks a function up, without {@link NativeLibrary}: that would start JNA's cleaner thread in every JVM and load a
     * dozen classes for what are two calls.
     *
     * @param name in C
     * @return the function
     * @throws UnsatisfiedLinkError if no library of this process has it
     */
    public static ProcessFunction find(String name) {
        return new ProcessFunction(addressOf(name));
    }

    static long addressOf(String name) {
        return Native.findSymbol(PROCESS, name);
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
