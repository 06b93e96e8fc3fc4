// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/** Tells whether the memory of a direct buffer was freed. */
final class BufferLife {

    private BufferLife() {}

    /**
     * Returns whether a buffer's memory was freed: it is a memory segment's whose arena was closed. The JDK tells since 22;
     * before, buffers with such memory cannot be made without a preview.
     */
    static boolean isOver(ByteBuffer buffer) {
        try {
            Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
            Class<?> scopes = Class.forName("java.lang.foreign.MemorySegment$Scope");
            Object segment = segments.getMethod("ofBuffer", Buffer.class).invoke(null, buffer);
            Object scope = segments.getMethod("scope").invoke(segment);
            return !(Boolean) scopes.getMethod("isAlive").invoke(scope);
        } catch (ReflectiveOperationException e) {
            return false; // then nobody can tell
        }
    }
}
