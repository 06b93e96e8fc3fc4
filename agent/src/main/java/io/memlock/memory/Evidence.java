// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

/** Names the ways in which we know which region a piece of memory belongs to. */
public enum Evidence {
    /** HotSpot's own description of its structures, {@code gHotSpotVMStructs}, read from its memory. */
    VM_STRUCTURE,
    /** What a diagnostic command of the JVM said ({@code jcmd PID Compiler.codecache} and the like). */
    DIAGNOSTIC_COMMAND,
    /** The ELF header of the library before it says how long its zero-initialised data is. */
    LIBRARY_HEADER,
    /** A thread's stack pointer lies in it. */
    STACK_POINTER,
    /** The name the kernel gives the mapping. */
    MAPPING_NAME,
    /** It starts with a header of glibc's malloc. */
    MALLOC_HEADER,
    /** It is laid out as glibc's malloc lays out its arenas; what is in it could not be read. */
    MALLOC_LAYOUT,
    /** Nothing claims it. */
    NONE
}
