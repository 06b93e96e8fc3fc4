// SPDX-License-Identifier: Apache-2.0
package com.sun.jna;

/**
 * Functions of this process, found without {@link NativeLibrary}: that would start JNA's cleaner thread in every JVM and
 * load a dozen classes for what are two calls. In JNA's package because the calls are visible only here; bundled beside
 * JNA and hidden with it.
 */
public final class ProcessSymbols {

    /** As {@code RTLD_LAZY | RTLD_GLOBAL}; see {@code Native.open}. */
    private static final int DEFAULT_FLAGS = -1;

    private final long process = Native.open(null, DEFAULT_FLAGS);

    /**
     * Looks a function up.
     *
     * @param name in C
     * @return the function
     * @throws UnsatisfiedLinkError if no library of this process has it
     */
    public ProcessFunction find(String name) {
        return new ProcessFunction(addressOf(name));
    }

    long addressOf(String name) {
        return Native.findSymbol(process, name);
    }
}
